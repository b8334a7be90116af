import { option, type OptionKinds, OptionMistake, quoted } from '../../core/index.js';

/** What an empty variable means; see {@link VariableOptions.emptyVariables}. */
export type EmptyVariables = 'unset' | 'keep';

/** How the values of environment variables are read. */
export interface VariableOptions {
  /**
   * What `NAME=` means: `unset` (the default), that nothing is set, as where a compose file or a chart passes on an unset
   * variable; `keep`, an empty string. Fields of other types are not set by it in either case.
   */
  readonly emptyVariables?: EmptyVariables;
  /**
   * Whether `NAME_FILE=/run/secrets/x` gives `NAME` the content of a file, without one line break at its end; `false` by
   * default. It is read, checked and watched as `${file:/run/secrets/x}` is, so `fileRoots` defines where it may lie. `NAME`
   * beside `NAME_FILE` is an error, and a field whose own name ends with `File` keeps its variable.
   */
  readonly fileVariables?: boolean;
}

/** How the names of environment variables are read, and their values. */
export interface NamingOptions extends VariableOptions {
  readonly prefix?: string;
  /** The separator of two keys; `__` by default. No letters or digits, and not a single `_`. */
  readonly separator?: string;
  /** Whether `${…}` in values are references; `true` by default. */
  readonly references?: boolean;
}

export const EMPTY_VARIABLES = option.or(option.oneOf('unset', 'keep'), 'unset');
export const REFERENCES = option.or(option.flag, true);

/** A separator that could be part of a key would be taken for one. */
const SEPARATOR = option.kind(
  "a string such as '__' or '.', without letters and digits; a single '_' separates the words of a key",
  (given) => typeof given === 'string' && given !== '' && given !== '_' && !holdsWord(given),
  quoted,
);

/** Of `APP`, the name of `app.color` would be `APPAPP__COLOR`. */
const PREFIX = option.kind(
  "a string that ends with what separates it from a name, such as 'APP_'",
  (given) => typeof given === 'string' && !holdsWord(Array.from(given).at(-1) ?? ''),
  quoted,
);

function holdsWord(text: string): boolean {
  return /[a-zA-Z0-9]/.test(text) || (/[\u0080-\uFFFF]/.test(text) && holdsUnicodeWord(text));
}

/** A function of its own: the engine makes Unicode's tables when it reads the expression, for a tenth of a small load. */
function holdsUnicodeWord(text: string): boolean {
  return /[\p{L}\p{M}\p{N}]/u.test(text);
}

export const NAMING_OPTIONS = {
  prefix: option.or(PREFIX, ''),
  separator: option.or(SEPARATOR, '__'),
  references: REFERENCES,
  emptyVariables: EMPTY_VARIABLES,
  fileVariables: option.or(option.flag, false),
} satisfies OptionKinds<NamingOptions>;

/** @throws TypeError when a file would be named by a reference that is none. */
export function refuseFilesWithoutReferences(source: string, fileVariables: boolean, references: boolean): void {
  if (!fileVariables || references) return;
  throw new OptionMistake(`${source}: fileVariables needs references; leave out "references: false".`);
}
