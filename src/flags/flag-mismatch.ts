import { ConfigError, formatPath, nearestName, type ConfigIssue, type ConfigLogger } from '../core/index.js';
import { flagIn, type DefinedFlags } from './defined-flags.js';
import type { FlagDeclaration } from './flag.js';
import { isLike, typeName } from './flag-value.js';

/**
 * Refuses definitions whose variants are of another type than the code expects.
 *
 * @throws ConfigError `flag-type-mismatch`.
 */
export function refuseMismatches(
  name: string,
  defined: DefinedFlags,
  declared: ReadonlyMap<string, FlagDeclaration>,
): void {
  const issues: ConfigIssue[] = [];
  for (const declaration of declared.values()) {
    const { key, default: fallback, className, property } = declaration;
    const variants = Object.entries(flagIn(defined, key)?.variants ?? {});
    const wrong = variants.find(([, value]) => !isLike(value, fallback));
    if (wrong === undefined) continue;
    const message = `the variants are of type ${typeName(wrong[1])}, and ${className}.${property} is of type ${typeName(fallback)}`;
    issues.push({ code: 'flag-type-mismatch', path: ['flags', key, 'variants'], message });
  }
  const [first] = issues;
  if (first === undefined) return;
  const more = issues.length > 1 ? `, and ${String(issues.length - 1)} more` : '';
  throw new ConfigError({
    code: 'flag-type-mismatch',
    message: `${name}: ${formatPath(first.path)}: ${first.message}${more}.`,
    recovery: 'Give the variants values of that type, or change the default in the class.',
  });
}

/** Reports keys that decorators name and no class declares: what asks for one finds no binding. */
export function reportUndeclared(
  name: string,
  injected: Iterable<string>,
  declarations: readonly FlagDeclaration[],
  logger: ConfigLogger,
): void {
  const keys = new Set(declarations.map(({ key }) => key));
  for (const key of injected) {
    if (keys.has(key)) continue;
    const nearest = nearestName(key, keys);
    const hint = nearest === undefined ? 'declare it with @Flag' : `did you mean "${nearest}"?`;
    const message = `@InjectFlag("${key}"): no class declares this flag; ${hint}`;
    logger.log({ level: 'warn', event: 'config.flags.unknown', message, fields: { flags: name, flag: key } });
  }
}
