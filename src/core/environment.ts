import { nearestName } from './nearest-name.js';
import { OptionMistake } from './options/index.js';

/** What an environment can be like: the three that there always are. */
export type EnvironmentKind = 'development' | 'test' | 'production';

/** The name of an environment: one of the three, or one that the application declares with its option `environments`. */
export type Environment = EnvironmentKind | (string & Record<never, never>);

/** The spellings of the three where a name is accepted. */
export type EnvironmentSpelling = EnvironmentKind | 'dev' | 'testing' | 'prod';

/** The environments that an application declares, with what each of them is like. */
export type DeclaredEnvironments = Readonly<Record<string, EnvironmentKind>>;

/** An environment, with what it is like unless it is one of the three. */
export interface SelectedEnvironment {
  readonly environment: Environment;
  readonly like?: EnvironmentKind;
}

export const ENVIRONMENTS: readonly EnvironmentKind[] = Object.freeze(['development', 'test', 'production']);

const SPELLINGS: ReadonlyMap<string, EnvironmentKind> = new Map<EnvironmentSpelling, EnvironmentKind>([
  ['dev', 'development'],
  ['development', 'development'],
  ['test', 'test'],
  ['testing', 'test'],
  ['prod', 'production'],
  ['production', 'production'],
]);

const NONE: DeclaredEnvironments = Object.freeze({});

/** Every spelling of an environment, those of the application's own last. */
export function environmentSpellings(declared: DeclaredEnvironments = NONE): readonly string[] {
  return [...SPELLINGS.keys(), ...Object.keys(declared)];
}

export function environmentNames(declared: DeclaredEnvironments = NONE): readonly Environment[] {
  return [...ENVIRONMENTS, ...Object.keys(declared)];
}

/** The environment that a string names, in any case; `undefined` when it names none. */
export function parseEnvironment(text: string, declared: DeclaredEnvironments = NONE): Environment | undefined {
  const name = text.trim().toLowerCase();
  return SPELLINGS.get(name) ?? (Object.hasOwn(declared, name) ? name : undefined);
}

/** The traits of an environment. An unknown one is treated as the strictest. */
export function environmentKind({ environment, like }: SelectedEnvironment): EnvironmentKind {
  return like ?? ENVIRONMENTS.find((kind) => kind === environment) ?? 'production';
}

/** True when something that is for some environments, all when absent, applies in this one: by its name, or its kind. */
export function appliesIn(
  only: Environment | readonly Environment[] | undefined,
  selected: SelectedEnvironment,
): boolean {
  if (only === undefined) return true;
  const names = typeof only === 'string' ? [only] : only;
  return names.includes(selected.environment) || names.includes(environmentKind(selected));
}

/**
 * Checks the environments that an option names, for callers without types. Those of the application's own are known only
 * when it loads, see {@link checkDeclared}.
 *
 * @param names one, or a list
 * @throws TypeError naming the option.
 */
export function checkEnvironments(option: string, names: unknown): void {
  const given: readonly unknown[] = Array.isArray(names) ? names : [names];
  for (const name of given) {
    if (typeof name !== 'string' || !NAME.test(name)) throw noEnvironment(option, shown(name), NONE);
    if (SPELLINGS.has(name) && SPELLINGS.get(name) !== name) throw noEnvironment(option, shown(name), NONE);
  }
}

/**
 * Checks that an environment is declared: one that does not exist would silently never apply.
 *
 * @throws TypeError naming the option.
 */
export function checkDeclared(option: string, name: unknown, declared: DeclaredEnvironments): void {
  checkEnvironments(option, name);
  if (environmentNames(declared).includes(String(name))) return;
  throw noEnvironment(option, shown(name), declared, orDeclare(String(name), declared));
}

/** The end of a sentence: how to declare a name that is none, and no misspelling of one either. */
export function orDeclare(text: string, declared: DeclaredEnvironments = NONE): string {
  const name = text.trim().toLowerCase();
  if (!NAME.test(name) || name.length > 40 || RESERVED.includes(name)) return '';
  if (nearestName(name, environmentSpellings(declared)) !== undefined) return '';
  const key = name.includes('-') ? `'${name}'` : name;
  return `; or declare its kind: environments: { ${key}: 'production' }`;
}

const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/** Files are called by these, and mean something else. */
const RESERVED: readonly string[] = ['local', 'example', 'default'];

/**
 * What the option `environments` declares, in canonical spelling.
 *
 * @param sections the keys at the root, whose files are called by them
 * @throws TypeError naming the environment.
 */
export function declaredEnvironments(given: unknown, sections: readonly string[] = []): DeclaredEnvironments {
  return given === undefined ? NONE : readEnvironments(given, sections);
}

function readEnvironments(given: unknown, sections: readonly string[]): DeclaredEnvironments {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new OptionMistake(`environments: give the kind of each, such as { staging: 'production', qa: 'test' }.`);
  }
  const entries = Object.entries(given).map(([name, like]: [string, unknown]): [string, EnvironmentKind] => {
    const option = `environments.${name}`;
    if (!NAME.test(name)) throw new OptionMistake(`${option}: a name has small letters, digits and single hyphens.`);
    if (SPELLINGS.has(name)) throw new OptionMistake(`${option}: always exists; leave it out.`);
    if (RESERVED.includes(name)) throw new OptionMistake(`${option}: files with this name have another meaning.`);
    if (sections.includes(name))
      throw new OptionMistake(`${option}: is the name of a section, whose files it would take.`);
    const kind = ENVIRONMENTS.find((one) => one === like);
    if (kind === undefined) {
      const meant = typeof like === 'string' ? SPELLINGS.get(like) : undefined;
      const way = meant === undefined ? ENVIRONMENTS.map((one) => `'${one}'`).join(' or ') : `'${meant}'`;
      throw new OptionMistake(`${option}: ${shown(like)} is not a kind of environment; write ${way}.`);
    }
    return [name, kind];
  });
  return Object.freeze(Object.fromEntries(entries));
}

function noEnvironment(option: string, name: string, declared: DeclaredEnvironments, more = ''): OptionMistake {
  const legal = environmentNames(declared).join(', ');
  return new OptionMistake(`${option}: ${name} is not an environment; write ${legal}${more}.`);
}

function shown(name: unknown): string {
  if (name === undefined) return 'nothing';
  return typeof name === 'string' ? JSON.stringify(name) : `a ${typeof name}`;
}
