// The storage has no entry of its own; class-transformer has no exports map, and its main entry is this CommonJS build.
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
// Bundlers that prefer another build, of ES modules, give its decorators a storage of their own; else this is the same one.
import { defaultMetadataStorage as storageOfBundlers } from '#class-transformer/storage';
import { loadedModules, type LoadedModules } from './loaded-copies.js';
import type { FieldTypeClass, SectionClass } from '../../sections/index.js';

/** What class-transformer's decorators say about one property when plain values become an instance. */
export interface StoredTransformation {
  /** From `@Type`. */
  readonly type?: StoredType;
  /** From `@Transform`, in order. */
  readonly transforms: readonly Transform[];
  /** From `@Expose({ name })`: the key under which sources write the property. */
  readonly exposedAs?: string;
  /** From `@Exclude`: not a setting at all. */
  readonly excluded: boolean;
}

/** A `@Type` with its discriminator, if any. */
export interface StoredType {
  readonly resolve: () => FieldTypeClass;
  /** The compiler's type of the property; absent where the compiler emits none. */
  readonly reflected?: unknown;
  readonly discriminator?: {
    readonly property: string;
    readonly subTypes: readonly { readonly name: string; readonly value: SectionClass }[];
  };
}

type Storage = typeof defaultMetadataStorage;

/** What a decorator `@Transform` calls. */
export type Transform = ReturnType<Storage['findTransformMetadatas']>[number]['transformFn'];

/** class-transformer's number for plain values that become an instance; its enumeration would load all of it. */
export const PLAIN_TO_CLASS = 0;

/**
 * The storages of all copies of class-transformer that the process has loaded, our own first. Each copy keeps what its
 * decorators say to itself, so that the decorators of a linked package, or of a tree with two versions, would be passed
 * over in silence.
 */
export function storagesIn(modules: LoadedModules): readonly Storage[] {
  const others = Object.keys(modules).flatMap((file) => {
    if (!/[\\/]class-transformer[\\/]cjs[\\/]storage\.js$/.test(file)) return [];
    const storage: unknown = Reflect.get(Object(modules[file]?.exports) as object, 'defaultMetadataStorage');
    return isStorage(storage) ? [storage] : [];
  });
  return [...new Set([defaultMetadataStorage, storageOfBundlers, ...others])];
}

function isStorage(storage: unknown): storage is Storage {
  return (
    typeof storage === 'object' &&
    storage !== null &&
    'findTypeMetadata' in storage &&
    '_typeMetadatas' in storage &&
    storage._typeMetadatas instanceof Map
  );
}

let known: readonly Storage[] | undefined;

/** Looked up once for the classes that are planned together: a process has thousands of modules. */
function storages(): readonly Storage[] {
  if (known === undefined) {
    known = storagesIn(loadedModules());
    queueMicrotask(() => {
      known = undefined;
    });
  }
  return known;
}

/** What the first storage says that says anything. */
function first<T>(ask: (storage: Storage) => T | undefined): T | undefined {
  for (const storage of storages()) {
    const said = ask(storage);
    if (said !== undefined) return said;
  }
  return undefined;
}

/** Reads the decorators of one property, inherited ones included. */
export function storedTransformation(target: SectionClass, property: string): StoredTransformation {
  const type = first((storage) => storage.findTypeMetadata(target, property));
  const expose = first((storage) => storage.findExposeMetadata(target, property));
  const isExposed = expose !== undefined && expose.options?.toPlainOnly !== true;
  const exclude = first((storage) => storage.findExcludeMetadata(target, property));
  const transforms = storages().flatMap((storage) => storage.findTransformMetadatas(target, property, PLAIN_TO_CLASS));
  const discriminator = type?.options?.discriminator;
  return {
    ...(type !== undefined && {
      type: {
        resolve: () => type.typeFunction({ newObject: {}, object: {}, property }),
        reflected: type.reflectedType,
        ...(discriminator !== undefined && { discriminator }),
      },
    }),
    transforms: transforms.map((metadata) => metadata.transformFn),
    ...(isExposed && expose.options?.name !== undefined && { exposedAs: expose.options.name }),
    excluded:
      (exclude !== undefined && exclude.options?.toPlainOnly !== true) || (!isExposed && excludesUnexposed(target)),
  };
}

/** True for a class that is itself marked with `@Exclude()`: then only exposed properties are settings. */
export function excludesUnexposed(target: SectionClass): boolean {
  return storages().some((storage) => storage.getStrategy(target) === 'excludeAll');
}

/**
 * The properties of a class that class-transformer's decorators name: for each kind of decorator in the order of
 * declaration, those of ancestors first.
 */
export function transformedProperties(target: SectionClass): readonly (readonly string[])[] {
  const owners: unknown[] = [];
  for (let owner: unknown = target; typeof owner === 'function'; owner = Object.getPrototypeOf(owner)) {
    owners.unshift(owner);
  }
  const tables = storages().flatMap((storage) => [
    storage._typeMetadatas,
    storage._transformMetadatas,
    storage._exposeMetadatas,
    storage._excludeMetadatas,
  ]);
  return tables.flatMap((table) => {
    const named = owners.filter((owner) => table.has(owner));
    if (named.length === 0) return [];
    return [named.flatMap((owner) => [...(table.get(owner)?.keys() ?? [])].filter((name) => name !== undefined))];
  });
}
