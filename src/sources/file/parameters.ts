import {
  type ConfigError,
  type ConfigErrorCode,
  type ConfigMap,
  type ConfigOrigin,
  type ConfigPath,
  formatPath,
  formatPlace,
  isConfigMap,
  type LoadParameters,
  nearestName,
} from '../../core/index.js';
import type { ParsedFile } from '../format/index.js';
import { parseError } from '../read/index.js';

/** The key at a file's root that declares its parameters: `$params: { queue: string }`. */
export const PARAMS_KEY = '$params';

/** A value for a parameter. */
export interface Argument {
  readonly value: unknown;
  /** What gave it, for origins: `filled at config/app.yaml:5:20`. Costs a look for the place. */
  readonly by: () => string;
}

/** Values by the names of the parameters. */
export type Arguments = ReadonlyMap<string, Argument>;

export const NO_ARGUMENTS: Arguments = new Map();

/** Counts the characters that parameters have brought into the files of a source. */
export interface Filled {
  characters: number;
}

const MOST_CHARACTERS = 16 * 1024 * 1024;
const MOST_PARAMETERS = 100;
/** How many characters an origin says of what has filled a value. */
const LONGEST_WORDS = 2_000;

/** The values of the load's option `params`, for the files that no other one imports. */
export function argumentsOfLoad({ values }: LoadParameters): Arguments {
  return new Map(Object.entries(values).map(([name, value]) => [name, { value, by: () => 'filled by the load' }]));
}

/** Equal for arguments that make equal layers, their places included. */
export function identityOf(given: Arguments): string {
  return JSON.stringify([...given].map(([name, { value, by }]) => [name, typeof value, String(value), by()]).sort());
}

/** The names of the parameters that a file declares; none when it has none. */
export function parameterNames(file: ParsedFile): readonly string[] {
  const declared = file.tree[PARAMS_KEY];
  return isConfigMap(declared) ? Object.keys(declared) : [];
}

/**
 * A file with its parameters filled, `$params` left out; the file itself when it declares none.
 *
 * @param importedAt where it is imported; absent for a file that no other one imports
 * @throws ConfigError `invalid-parameter`, `missing-parameter`, `unknown-parameter`, `too-many-values`.
 */
export function filledFile(file: ParsedFile, given: Arguments, filled: Filled, importedAt?: ConfigOrigin): ParsedFile {
  if (!Object.hasOwn(file.tree, PARAMS_KEY)) return file;
  const values = new Map<string, Argument>();
  for (const parameter of parametersOf(file)) {
    const { name, fallback } = parameter;
    const argument = given.get(name) ?? fallback;
    if (argument === undefined) throw missing(file, parameter, importedAt);
    values.set(name, { ...argument, value: checked(file, parameter, argument, given.has(name)) });
  }
  return new Filling(file, values, filled).file();
}

type Scalar = string | number | bigint | boolean;

interface Parameter {
  readonly name: string;
  readonly type: TypeName;
  readonly choices?: readonly Scalar[];
  readonly min?: number;
  readonly max?: number;
  readonly fallback?: Argument;
}

/** What each type makes of a value; nothing where it is none. What `--set` gives is text. */
const TYPES = {
  string: (value) => (typeof value === 'string' ? value : undefined),
  integer: (value) => {
    if (typeof value === 'string') return /^[+-]?\d{1,15}$/.test(value) ? Number(value) : undefined;
    return typeof value === 'bigint' || Number.isInteger(value) ? (value as number | bigint) : undefined; // Nothing else is one.
  },
  number: (value) => {
    if (typeof value === 'string')
      return /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?$/i.test(value) ? Number(value) : undefined;
    return typeof value === 'number' || typeof value === 'bigint' ? value : undefined;
  },
  boolean: (value) => {
    if (value === 'true' || value === 'false') return value === 'true';
    return typeof value === 'boolean' ? value : undefined;
  },
} satisfies Readonly<Record<string, (value: unknown) => Scalar | undefined>>;

type TypeName = keyof typeof TYPES;

const ARTICLES: Readonly<Record<TypeName, string>> = {
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
};

const PARAMETER_NAME = /^[A-Za-z][\w-]*$/;
const DECLARES: readonly string[] = ['type', 'default', 'choices', 'min', 'max', 'description'];

function isTypeName(value: unknown): value is TypeName {
  return typeof value === 'string' && Object.hasOwn(TYPES, value);
}

function isScalar(value: unknown): value is Scalar {
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
}

function parametersOf(file: ParsedFile): readonly Parameter[] {
  const declared = file.tree[PARAMS_KEY];
  if (!isConfigMap(declared)) throw wrong(file, [PARAMS_KEY], 'expected parameters with their types');
  const entries = Object.entries(declared);
  if (entries.length > MOST_PARAMETERS) {
    throw wrong(file, [PARAMS_KEY], `there are more than ${String(MOST_PARAMETERS)} parameters`);
  }
  return entries.map(([name, declaration]) => parameterOf(file, name, declaration));
}

function parameterOf(file: ParsedFile, name: string, declaration: unknown): Parameter {
  const at = [PARAMS_KEY, name];
  if (!PARAMETER_NAME.test(name)) throw wrong(file, at, 'is not a name that a parameter can have');
  const map: ConfigMap = isConfigMap(declaration) ? declaration : { type: declaration };
  const { type, default: fallback, choices, min, max } = map;
  const unknown = Object.keys(map).find((key) => !DECLARES.includes(key));
  if (unknown !== undefined) {
    throw wrong(file, [...at, unknown], `is not known; a parameter has ${DECLARES.join(', ')}`);
  }
  if (!isTypeName(type)) throw wrong(file, at, `expected a type: ${Object.keys(TYPES).join(', ')}`);
  const isNumeric = type === 'integer' || type === 'number';
  for (const [key, bound] of Object.entries({ min, max })) {
    if (bound !== undefined && !(isNumeric && typeof bound === 'number')) {
      throw wrong(file, [...at, key], 'expected a number, for a parameter that is one');
    }
  }
  if (choices !== undefined && !(Array.isArray(choices) && choices.length > 0 && choices.every(isScalar))) {
    throw wrong(file, [...at, 'choices'], 'expected a list of values');
  }
  return {
    name,
    type,
    ...(choices !== undefined && { choices }),
    ...(typeof min === 'number' && { min }),
    ...(typeof max === 'number' && { max }),
    ...(fallback !== undefined && {
      fallback: { value: fallback, by: () => `by its default at ${formatPlace(file.locate([...at, 'default']))}` },
    }),
  };
}

/** The value in its type. What is wrong is said without the value: it may be a part of a secret. */
function checked(file: ParsedFile, parameter: Parameter, { value, by }: Argument, isGiven: boolean): Scalar {
  const { name, type, choices, min = -Infinity, max = Infinity } = parameter;
  const found = TYPES[type](value);
  const what = `the parameter ${name}, ${by()},`;
  const refuse = (problem: string): ConfigError => {
    return wrong(file, [PARAMS_KEY, name, ...(isGiven ? [] : ['default'])], `${what} ${problem}`);
  };
  if (found === undefined) {
    const reference = typeof value === 'string' && value.includes('${') ? '; a reference is a string' : '';
    throw refuse(`must be ${ARTICLES[type]}${reference}`);
  }
  if (choices?.includes(found) === false) throw refuse(`must be one of ${choices.map(String).join(', ')}`);
  if (typeof found === 'number' || typeof found === 'bigint') {
    if (found < min) throw refuse(`must be at least ${String(min)}`);
    if (found > max) throw refuse(`must be at most ${String(max)}`);
  }
  return found;
}

function missing(file: ParsedFile, { name, type }: Parameter, importedAt: ConfigOrigin | undefined): ConfigError {
  const problem =
    importedAt === undefined
      ? `the parameter ${name} has no value`
      : `the parameter ${name} has no value at ${formatPlace(importedAt)}`;
  const recovery =
    importedAt === undefined
      ? `Give it one with --set ${name}=… or the option params, or give it a default.`
      : `Fill it: $import: [{ file: …, params: { ${name}: … } }], with ${ARTICLES[type]}; or give it a default.`;
  return parameterError(file, 'missing-parameter', [PARAMS_KEY, name], problem, recovery);
}

/** @throws ConfigError `unknown-parameter` when arguments are for parameters that a file does not declare. */
export function refuseUndeclared(file: ParsedFile, given: Arguments, importing: ParsedFile, place: ConfigPath): void {
  const names = parameterNames(file);
  for (const name of given.keys()) {
    if (names.includes(name)) continue;
    const problem = `the file that is imported has no parameter ${name}`;
    throw parameterError(importing, 'unknown-parameter', [...place, 'params', name], problem, meant(name, names));
  }
}

function meant(name: string, names: readonly string[]): string {
  const nearest = nearestName(name, names);
  if (nearest !== undefined) return `Did you mean ${nearest}?`;
  return names.length === 0
    ? `Declare it at the root of that file: ${PARAMS_KEY}: { ${name}: string }.`
    : `Its parameters are ${names.join(', ')}.`;
}

function wrong(file: ParsedFile, path: ConfigPath, problem: string): ConfigError {
  const recovery = `Declare ${PARAMS_KEY}: { queue: string, workers: { type: integer, default: 4, min: 1 } }, and fill them with values of their types.`;
  return parameterError(file, 'invalid-parameter', path, problem, recovery);
}

function parameterError(
  file: ParsedFile,
  code: ConfigErrorCode,
  path: ConfigPath,
  problem: string,
  recovery: string,
): ConfigError {
  const origin = file.locate(path);
  return parseError({ code, message: `${origin.source} cannot be filled.`, problem, path, recovery }, origin);
}

/** `${param:name}`; what is written with two dollar signs is none. */
const PLACEHOLDER = /(\$\$\{)|\$\{param:([^{}]*)\}/g;

/** A part of a key: what could lead elsewhere, as a dot does, is not taken. */
const KEY_PART = /^[\w-]+$/;

/** One file, with the values of its parameters. */
class Filling {
  readonly #file: ParsedFile;
  readonly #values: Arguments;
  readonly #filled: Filled;
  /** The key as the file has it, by the path that it makes. */
  readonly #keys = new Map<string, string>();
  /** The parameters that are in the value, or in the key, at a path. */
  readonly #used = new Map<string, readonly string[]>();

  public constructor(file: ParsedFile, values: Arguments, filled: Filled) {
    this.#file = file;
    this.#values = values;
    this.#filled = filled;
  }

  public file(): ParsedFile {
    const { locate, locateKey, isVoid, tree } = this.#file;
    const others = Object.entries(tree).filter(([key]) => key !== PARAMS_KEY);
    return {
      isVoid,
      tree: this.#map(Object.fromEntries(others), []),
      locate: (path) => this.#located(locate(this.#written(path)), path),
      locateKey: (path) => this.#located(locateKey(this.#written(path)), path),
    };
  }

  #map(map: ConfigMap, path: ConfigPath): ConfigMap {
    const taken = new Set<string>();
    const entries = Object.entries(map).map(([written, value]) => {
      const key = this.#key(written, path);
      const at = [...path, key];
      if (taken.has(key)) throw this.#error('invalid-parameter', [...path, written], `two keys become ${key}`);
      taken.add(key);
      return [key, this.#value(value, at)] as const;
    });
    return Object.fromEntries(entries);
  }

  #key(written: string, path: ConfigPath): string {
    if (!written.includes('${param:')) return written;
    const names: string[] = [];
    const key = written.replace(PLACEHOLDER, (whole, escaped: string | undefined, name: string) => {
      if (escaped !== undefined) return whole;
      const text = this.#text(name, [...path, written], names);
      if (KEY_PART.test(text)) return text;
      throw this.#error(
        'invalid-parameter',
        [...path, written],
        `${name} is used in a key, and has more than letters, digits, - and _`,
      );
    });
    const id = formatPath([...path, key]);
    this.#keys.set(id, written);
    this.#used.set(id, names);
    return key;
  }

  #value(value: unknown, path: ConfigPath): unknown {
    if (typeof value === 'string') return value.includes('${param:') ? this.#string(value, path) : value;
    if (Array.isArray(value)) return value.map((item: unknown, index) => this.#value(item, [...path, String(index)]));
    return isConfigMap(value) ? this.#map(value, path) : value;
  }

  #string(text: string, path: ConfigPath): unknown {
    const names = [...(this.#used.get(formatPath(path)) ?? [])];
    const [whole, , name = ''] = [...text.matchAll(PLACEHOLDER)].find(([found]) => found === text) ?? [];
    let result: unknown;
    if (whole === undefined) {
      result = text.replace(PLACEHOLDER, (found, escaped: string | undefined, other: string) =>
        escaped === undefined ? this.#text(other, path, names) : found,
      );
    } else {
      this.#text(name, path, names);
      result = this.#values.get(name.trim())?.value;
    }
    this.#used.set(formatPath(path), names);
    return result;
  }

  /** What a placeholder stands for, as text. */
  #text(written: string, path: ConfigPath, names: string[]): string {
    const name = written.trim();
    const argument = this.#values.get(name);
    if (argument === undefined) {
      const known = [...this.#values.keys()];
      throw this.#error('unknown-parameter', path, `there is no parameter ${JSON.stringify(name)}`, meant(name, known));
    }
    if (!names.includes(name)) names.push(name);
    const text = String(argument.value);
    this.#filled.characters += text.length;
    if (this.#filled.characters <= MOST_CHARACTERS) return text;
    throw this.#error(
      'too-many-values',
      path,
      'parameters bring in more than 16 MiB',
      'Import fewer files with parameters.',
    );
  }

  #error(
    code: ConfigErrorCode,
    path: ConfigPath,
    problem: string,
    recovery = 'Change the value, or the key.',
  ): ConfigError {
    return parameterError(
      { ...this.#file, locate: (at) => this.#file.locate(this.#written(at)) },
      code,
      path,
      problem,
      recovery,
    );
  }

  /** A path as the file has it. */
  #written(path: ConfigPath): ConfigPath {
    if (this.#keys.size === 0) return path;
    return path.map((key, depth) => this.#keys.get(formatPath(path.slice(0, depth + 1))) ?? key);
  }

  #located(origin: ConfigOrigin, path: ConfigPath): ConfigOrigin {
    const names = new Set(path.flatMap((_, depth) => this.#used.get(formatPath(path.slice(0, depth + 1))) ?? []));
    if (names.size === 0) return origin;
    let filled = '';
    for (const name of names) {
      const place = formatPlace(this.#file.locate([PARAMS_KEY, name]));
      filled += `${filled && ', '}parameter ${name} (${place}) ${this.#values.get(name)?.by() ?? ''}`;
      // Each level of files says all that the one above it says, for each of its parameters.
      if (filled.length > LONGEST_WORDS) return { ...origin, filled: `${filled.slice(0, LONGEST_WORDS)}…` };
    }
    return { ...origin, filled };
  }
}
