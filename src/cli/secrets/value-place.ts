import { canonicalPath } from '../../binding/index.js';
import {
  ConfigError,
  formatPath,
  MODULES,
  nearestName,
  parsePath,
  scopePath,
  isForTenants,
  tenantAccessAt,
  wholeSecretAt,
  type ConfigPath,
  type Environment,
  type SchemaNode,
} from '../../core/index.js';
import type { SecretScopeKind } from '../../runtime/index.js';
import { scopeHash, type KeyUse } from '../../security/index.js';
import { detectEnvironment } from '../../sources/index.js';
import type { CommandOptions, CommandArguments } from '../command.js';
import { CONFIG_FILE, SELECTORS } from '../common-options.js';
import { selected, type LoadedDefinition } from '../load-definition.js';
import { unusable, UsageError } from '../usage-error.js';

export const PLACE_OPTIONS = {
  app: { type: 'string', value: 'name', description: 'the application; default: that of the configuration file' },
  env: SELECTORS.env,
  tenant: {
    type: 'string',
    value: 'id',
    description: 'the tenant in whose document it will stand: it opens for no other one; default: none',
  },
  scope: {
    type: 'string',
    choices: ['path', 'environment', 'app'],
    description:
      'where the value may be used: at its path, or anywhere in its environment or application; default: path',
  },
  ...CONFIG_FILE,
} as const satisfies CommandOptions;

export interface ValuePlace {
  /** With the indexes of lists. */
  readonly path: ConfigPath;
  /** What a value of this place is bound to. */
  readonly cfg: string;
  /** The same in words, such as `database.password in production of orders`. */
  readonly words: string;
  readonly environment: Environment;
}

/** @throws UsageError for a path that is none or takes no such value, and without an application. */
export function valuePlace(args: CommandArguments, loaded: LoadedDefinition | undefined, use: KeyUse): ValuePlace {
  const path = pathOf(args.words[0] ?? '', loaded, use);
  const tenant = tenantOf(args, loaded, path);
  const secrets = loaded?.definition.secrets;
  const app = args.text('app') ?? secrets?.app;
  if (app === undefined) {
    throw new UsageError(
      'It is not known for which application.',
      "Write --app <name>, or secrets: { app: '…' } in the configuration file.",
    );
  }
  const environment = environmentOf(args, loaded);
  const scope = scopeKind(args.text('scope'));
  // Without the classes a number is the index of a list: a map is hardly ever keyed by numbers.
  const bound = loaded === undefined ? path.filter((key) => !/^\d+$/.test(key)) : scopePath(loaded.plan.schema, path);
  const words = formatPath(bound);
  const owner = { app, ...(tenant !== undefined && { tenant }) };
  const whose = tenant === undefined ? app : `${app}, for tenant ${tenant}`;
  if (scope === 'app') return { path, environment, cfg: scopeHash(owner), words: `any path of ${whose}` };
  if (scope === 'environment') {
    const cfg = scopeHash({ ...owner, environment });
    return { path, environment, cfg, words: `any path in ${environment} of ${whose}` };
  }
  const cfg = scopeHash({ ...owner, environment, path: words });
  return { path, environment, cfg, words: `${words} in ${environment} of ${whose}` };
}

/** A value that no tenant may set would open, and be refused for where it is. */
function tenantOf(args: CommandArguments, loaded: LoadedDefinition | undefined, path: ConfigPath): string | undefined {
  const tenant = args.text('tenant');
  if (tenant === undefined || loaded === undefined || isForTenants(tenantAccessAt(loaded.plan.schema, path)))
    return tenant;
  throw new UsageError(
    `${formatPath(path)} is set for all tenants; none may set it for itself.`,
    'Leave out --tenant.',
  );
}

/** Of a secret, where the classes are known: a value for any other path opens nowhere. */
function pathOf(text: string, loaded: LoadedDefinition | undefined, use: KeyUse): ConfigPath {
  const path = parsed(text);
  if (loaded === undefined) return path;
  const { schema } = loaded.plan;
  const canonical = canonicalPath(schema, path);
  const level = wholeSecretAt(schema, canonical)?.level;
  if (level !== undefined) {
    const right: KeyUse = level === 'sealed' ? 'seal' : 'encrypt';
    if (use === right) return canonical;
    throw new UsageError(
      `${formatPath(canonical)} is declared with level ${level}, and opens no value that "${use}" makes.`,
      `Write: uno-config ${right} ${formatPath(canonical)}.`,
    );
  }
  // What modules override below there are the same secrets again.
  const secrets = [...secretPaths(schema, [])].filter((each) => !each.startsWith(`${MODULES}.`));
  const nearest = nearestName(formatPath(canonical), secrets);
  throw new UsageError(
    `There is no secret ${JSON.stringify(text)}: no field with @Secure is at that path.`,
    nearest === undefined ? `The secrets are ${secrets.slice(0, 20).join(', ')}.` : `Did you mean ${nearest}?`,
  );
}

function parsed(text: string): ConfigPath {
  try {
    return parsePath(text);
  } catch (error) {
    throw unusable(error);
  }
}

function* secretPaths(node: SchemaNode, path: ConfigPath): Generator<string, void, undefined> {
  if (node.kind === 'section') for (const [key, { node: next }] of node.keys) yield* secretPaths(next, [...path, key]);
  else if (node.kind !== 'leaf') yield* secretPaths(node.item, [...path, node.kind === 'list' ? '0' : 'key']);
  else if (node.secret !== undefined) yield formatPath(path);
}

function environmentOf(args: CommandArguments, loaded: LoadedDefinition | undefined): Environment {
  try {
    const declared = loaded?.plan.environments ?? {};
    return (
      selected(args, declared).environment ?? loaded?.definition.environment ?? detectEnvironment(process.env, declared)
    );
  } catch (error) {
    throw ConfigError.is(error) ? unusable(error) : error;
  }
}

function scopeKind(text: string | undefined): SecretScopeKind {
  return text === 'environment' || text === 'app' ? text : 'path';
}
