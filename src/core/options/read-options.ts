import { isConfigMap } from '../config-value.js';
import { nearestName } from '../nearest-name.js';
import type { Given, OptionKind } from './option-kind.js';
import { reading } from './option-kind.js';
import { mustBe, OptionMistake, sortOf } from './option-mistake.js';

/** A kind for every option of an interface. */
export type OptionKinds<Options> = { readonly [Name in keyof Options]-?: OptionKind<unknown, unknown> };

/** What options come to when they have been read by a table of kinds. */
export type OptionValues<Options, Kinds> = {
  readonly [Name in keyof Options]-?: Name extends keyof Kinds ? ValueOf<Options[Name], Kinds[Name]> : never;
};

type ValueOf<Declared, Kind> =
  Kind extends OptionKind<infer T, infer Absent>
    ? Exclude<T | Absent, Given> | (Given extends T | Absent ? Exclude<Declared, undefined> : never)
    : never;

/**
 * Reads the options of a public function, for callers without types as well: an option that does not exist, or that
 * cannot be meant, is refused by its name.
 *
 * @param call the function, or an empty string for options that many functions take
 * @throws TypeError naming the option.
 */
export function readOptions<Options extends object, const Kinds extends OptionKinds<Options>>(
  call: string,
  options: Options,
  kinds: Kinds,
): OptionValues<Options, Kinds> {
  const [whole, prefix] = call === '' ? ['The options', ''] : [`${call}: the options`, `${call}: `];
  return readAll<Options, Kinds>(options, kinds, whole, prefix);
}

/** Options inside an option. */
export function options<Options extends object, const Kinds extends OptionKinds<Options>>(
  kinds: Kinds,
): OptionKind<OptionValues<Options, Kinds>> {
  return reading(expectedOf(kinds), (value, where) => readAll<Options, Kinds>(value, kinds, where, `${where}.`));
}

function readAll<Options, Kinds extends OptionKinds<Options>>(
  given: unknown,
  kinds: Kinds,
  whole: string,
  prefix: string,
): OptionValues<Options, Kinds> {
  if (!isConfigMap(given)) throw mustBe(whole, expectedOf(kinds), sortOf(given));
  for (const name of Object.keys(given)) if (!Object.hasOwn(kinds, name)) throw unknownOption(prefix, name, kinds);
  const values: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries<OptionKind<unknown, unknown>>(kinds)) {
    const value = given[name];
    const where = `${prefix}${name}`;
    values[name] = value === undefined ? kind.absent(where) : kind.read(value, where);
  }
  // One value for each name of the table, read by the kind of that name.
  return values as OptionValues<Options, Kinds>;
}

function expectedOf(kinds: object): string {
  return `an object of options, such as { ${Object.keys(kinds)[0] ?? ''}: … }`;
}

function unknownOption(prefix: string, name: string, kinds: object): OptionMistake {
  const names = Object.keys(kinds);
  const shown = name.length > 40 ? `${name.slice(0, 40)}…` : name;
  const nearest = nearestName(name, names);
  const way = nearest === undefined ? `the options are ${names.join(', ')}.` : `did you mean ${nearest}?`;
  return new OptionMistake(`${prefix}${shown} is not an option; ${way}`);
}
