/** Modules that were loaded, by their file names, as in Node's `require.cache`. */
export type LoadedModules = Readonly<Record<string, { readonly exports: unknown } | undefined>>;

/** A package that stores decorator metadata, and the folders it was loaded from. */
export interface LoadedCopies {
  readonly name: string;
  readonly folders: readonly string[];
}

/**
 * All modules that the process has loaded: from wherever one asks, the cache is that of the process. Not by an import, of
 * which bundlers make a `require` of their own.
 */
export function loadedModules(): LoadedModules {
  return process.getBuiltinModule('node:module').createRequire(process.execPath).cache;
}

/** class-transformer and class-validator, where several copies of one are loaded: a linked package, two versions. */
export function copiesIn(modules: LoadedModules): readonly LoadedCopies[] {
  const found = new Map<string, Set<string>>();
  for (const file of Object.keys(modules)) {
    const [, folder, name] = /^(.*[\\/](class-transformer|class-validator))[\\/]cjs[\\/]/.exec(file) ?? [];
    if (folder === undefined || name === undefined) continue;
    const folders = found.get(name) ?? new Set();
    found.set(name, folders.add(folder));
  }
  return [...found].flatMap(([name, folders]) => (folders.size > 1 ? [{ name, folders: [...folders] }] : []));
}
