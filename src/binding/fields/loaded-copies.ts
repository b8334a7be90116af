/** Modules that were loaded, by their file names, as in Node's `require.cache`. */
export type LoadedModules = Readonly<Record<string, { readonly exports: unknown } | undefined>>;

/** A package that stores decorator metadata, and the folders it was loaded from. */
export interface LoadedCopies {
  readonly name: string;
  readonly folders: readonly string[];
}

/**
 * All modules that the process has loaded: Node's `require.cache`, which belongs to the process. Neither by an import, of which
 * bundlers make a `require` of their own, nor by `createRequire`, which takes a small service longer than its settings' classes.
 */
export function loadedModules(): LoadedModules {
  // The same object since the first releases of Node, and in Bun and Deno; its type is not declared.
  return Reflect.get(process.getBuiltinModule('node:module'), '_cache') as LoadedModules;
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
  // By name: which was loaded first may be another one at each start.
  return [...found.keys()].sort().flatMap((name) => {
    const folders = [...(found.get(name) ?? [])];
    return folders.length > 1 ? [{ name, folders }] : [];
  });
}
