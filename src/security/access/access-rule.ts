import {
  compilePathPattern,
  option as kinds,
  type OptionKinds,
  readOptions,
  type AccessRight,
  type PathMatcher,
  type SecretReader,
} from '../../core/index.js';
import { ACCESS_RIGHTS } from './access-right.js';
import { isSameReader, type AccessSubject } from './access-subject.js';

/** Says who may, or may not, do what with the secrets at some paths. Clauses that are absent hold for everybody. */
export interface AccessRule {
  /** What the rule is called in explanations, errors and the audit log; `rules[3]` when absent. */
  readonly name?: string | undefined;
  readonly effect: 'allow' | 'deny';
  /**
   * Patterns of paths: keys with dots between them, `*` for any one key and `**` for any number of keys:
   * `payment.*`, `databases.*.password`, `**`.
   */
  readonly paths: readonly string[];
  readonly rights: readonly AccessRight[];
  /** For whom, as given to `runAs`; `*` is everybody who is known. */
  readonly principals?: readonly string[] | undefined;
  /** For which tenants, by their ids: whose secret it is, or for whom the code runs; `*` is any of them. */
  readonly tenants?: readonly string[] | undefined;
  /** Which consumers, as classes or their names; `*` is all code, with or without a handle. */
  readonly readers?: readonly (SecretReader | string)[] | undefined;
}

export const EVERY_PATH = '**';

/** Whether a clause speaks of a subject; `unknown` when the subject does not say what the clause asks. */
export type Verdict = 'yes' | 'no' | 'unknown';

export interface CompiledRule {
  readonly label: string;
  readonly rule: AccessRule;
  readonly covers: PathMatcher;
  readonly rights: ReadonlySet<AccessRight>;
}

/** The names of a rule; {@link compileRule} says what each must be. */
const RULE = {
  name: kinds.anything,
  effect: kinds.anything,
  paths: kinds.anything,
  rights: kinds.anything,
  principals: kinds.anything,
  tenants: kinds.anything,
  readers: kinds.anything,
} satisfies OptionKinds<AccessRule>;

/** @throws TypeError naming the option that cannot be used. */
export function compileRule(rule: AccessRule, index: number): CompiledRule {
  const option = `rules[${String(index)}]`;
  // Policies are often read from files, where types are not checked.
  if (typeof (rule as unknown) !== 'object' || (rule as unknown) === null) {
    throw new TypeError(
      `${option}: must be a rule such as { effect: 'allow', paths: ['payment.*'], rights: ['use'] }.`,
    );
  }
  readOptions(option, rule, RULE);
  if (rule.name !== undefined && (typeof (rule.name as unknown) !== 'string' || rule.name === '')) {
    throw new TypeError(`${option}.name: must be a text.`);
  }
  if (!['allow', 'deny'].includes(rule.effect)) throw new TypeError(`${option}.effect: must be 'allow' or 'deny'.`);
  const matchers = texts(rule.paths, `${option}.paths`, 'a list of patterns such as payment.*').map((path, at) =>
    compilePathPattern(path, `${option}.paths[${String(at)}]`),
  );
  const rights = new Set(texts(rule.rights, `${option}.rights`, `a list of ${ACCESS_RIGHTS.join(', ')}`));
  const unknown = [...rights].find((right) => !ACCESS_RIGHTS.includes(right));
  if (unknown !== undefined) {
    throw new TypeError(`${option}.rights: "${unknown}" is not one of ${ACCESS_RIGHTS.join(', ')}.`);
  }
  const { principals, tenants, readers } = rule;
  if (principals !== undefined) texts(principals, `${option}.principals`, 'a list of names as given to runAs');
  if (tenants !== undefined) texts(tenants, `${option}.tenants`, 'a list of ids of tenants');
  if (readers !== undefined) checkReaders(readers, `${option}.readers`);
  return Object.freeze({
    label: rule.name ?? option,
    rule: Object.freeze({
      ...rule,
      paths: Object.freeze([...rule.paths]),
      rights: Object.freeze([...rights]),
      ...(principals && { principals: Object.freeze([...principals]) }),
      ...(tenants && { tenants: Object.freeze([...tenants]) }),
      ...(readers && { readers: Object.freeze([...readers]) }),
    }),
    covers: (keys: readonly string[]) => matchers.some((matches) => matches(keys)),
    rights,
  });
}

function texts<T extends string>(list: readonly T[], option: string, what: string): readonly T[] {
  const given: unknown = list;
  if (Array.isArray(given) && given.length > 0 && given.every((item) => typeof item === 'string' && item !== '')) {
    return list;
  }
  throw new TypeError(`${option}: must be ${what}.`);
}

function checkReaders(readers: readonly (SecretReader | string)[], option: string): void {
  const isReader = (reader: unknown): boolean =>
    typeof reader === 'string'
      ? reader !== ''
      : (typeof reader === 'function' || (typeof reader === 'object' && reader !== null)) &&
        'name' in reader &&
        typeof reader.name === 'string';
  if (Array.isArray(readers) && readers.length > 0 && readers.every(isReader)) return;
  throw new TypeError(
    `${option}: must be a list of classes or their names. A class that is declared later in the file or imported in a circle is not there yet; write its name.`,
  );
}

/** Whether a rule's readers clause speaks of the caller. */
export function namesReader({ rule: { readers } }: CompiledRule, { reader }: AccessSubject): Verdict {
  if (readers === undefined || readers.includes('*')) return 'yes';
  if (reader === undefined) return 'unknown';
  return readers.some((named) => isSameReader(named, reader)) ? 'yes' : 'no';
}

/** Whether a rule's principals clause speaks of the one on whose behalf is asked. */
export function namesPrincipal({ rule: { principals } }: CompiledRule, { principal }: AccessSubject): Verdict {
  return names(principals, principal);
}

/** Whether a rule's tenants clause speaks of the tenant. Where none is known, its context may only be lost. */
export function namesTenant({ rule: { tenants } }: CompiledRule, { tenant }: AccessSubject): Verdict {
  return names(tenants, tenant);
}

function names(list: readonly string[] | undefined, one: string | undefined): Verdict {
  if (list === undefined) return 'yes';
  if (one === undefined) return 'unknown';
  return list.includes('*') || list.includes(one) ? 'yes' : 'no';
}
