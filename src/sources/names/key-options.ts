/** What stands between two keys of an environment name. */
export const DEFAULT_SEPARATOR = '__';

/** @throws TypeError when a prefix is no text. */
export function checkPrefix(source: string, prefix: unknown): void {
  if (typeof prefix !== 'string') throw new TypeError(`${source}: option "prefix" must be a text such as 'APP_'.`);
}

/** @throws TypeError when a separator could be part of a key. */
export function checkSeparator(source: string, separator: unknown): void {
  if (typeof separator !== 'string' || separator === '' || separator === '_' || /[\p{L}\p{M}\p{N}]/u.test(separator)) {
    throw new TypeError(
      `${source}: option "separator" must be a text such as '__' or '.', without letters and digits; ` +
        `a single '_' stands between the words of a key.`,
    );
  }
}

/** What an empty variable means; see {@link VariableOptions.emptyVariables}. */
export type EmptyVariables = 'unset' | 'keep';

/** How the texts of variables are read. */
export interface VariableOptions {
  /**
   * What `NAME=` means: `unset` (the default), that nothing is set, as where a compose file or a chart passes a variable
   * on that nobody has set; `keep`, that a text is empty. Fields of other types are not set by it in either case.
   */
  readonly emptyVariables?: EmptyVariables;
  /**
   * Whether `NAME_FILE=/run/secrets/x` gives `NAME` the content of a file, without one line break at its end; `false` by
   * default. It is read, checked and watched as `${file:/run/secrets/x}` is, so `fileRoots` says where it may lie.
   * `NAME` beside `NAME_FILE` is an error, and a field whose own name ends with `File` keeps its variable.
   */
  readonly fileVariables?: boolean;
}

/** @throws TypeError when one of them cannot be meant. */
export function checkVariableOptions(
  source: string,
  {
    emptyVariables = 'unset',
    fileVariables = false,
    references = true,
  }: VariableOptions & { readonly references?: boolean },
): void {
  checkEmptyVariables(source, emptyVariables);
  if (typeof fileVariables !== 'boolean')
    throw new TypeError(`${source}: option "fileVariables" must be true or false.`);
  if (fileVariables && !references) {
    throw new TypeError(`${source}: option "fileVariables" needs references; leave out "references: false".`);
  }
}

/** @throws TypeError for another word. */
export function checkEmptyVariables(source: string, emptyVariables: unknown): void {
  if (emptyVariables === 'unset' || emptyVariables === 'keep') return;
  throw new TypeError(`${source}: option "emptyVariables" must be 'unset' or 'keep'.`);
}
