// The storage has no entry of its own; class-transformer has no exports map, and its main entry is this CommonJS build.
// Bundlers that prefer another build, of ES modules, give its decorators a storage of their own; else this is the same one.
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { defaultMetadataStorage as storageOfBundlers } from '#class-transformer/storage';
import type { TypeHelpOptions } from 'class-transformer';
import type { FieldTypeClass, SectionClass } from '../../sections/index.js';
import { loadedModules, type LoadedModules } from './loaded-copies.js';

/** The class-transformer metadata of one property for the direction from plain values to an instance. */
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

/** What a decorator `@Transform` calls. */
export type Transform = ReturnType<TransformerStorage['findTransformMetadatas']>[number]['transformFn'];

/** class-transformer's number for plain values that become an instance; its enumeration would load all of it. */
export const PLAIN_TO_CLASS = 0;

/**
 * The storages of all copies of class-transformer that the process has loaded, our own first. Each copy stores its own
 * decorators' metadata, so that the decorators of a linked package, or of a tree with two versions, would be ignored
 * silently.
 */
export function storagesIn(modules: LoadedModules): readonly TransformerStorage[] {
  const found = new Set([defaultMetadataStorage, storageOfBundlers]);
  // A program has loaded thousands, and this is asked before the engine has compiled anything.
  for (const file of Object.keys(modules)) {
    if (!file.endsWith('storage.js') || !STORAGE.test(file)) continue;
    const storage: unknown = Reflect.get(Object(modules[file]?.exports) as object, 'defaultMetadataStorage');
    if (isStorage(storage)) found.add(storage);
  }
  return [...found];
}

const STORAGE = /[\\/]class-transformer[\\/]cjs[\\/]storage\.js$/;

function isStorage(storage: unknown): storage is TransformerStorage {
  return (
    typeof storage === 'object' &&
    storage !== null &&
    'findTypeMetadata' in storage &&
    '_typeMetadatas' in storage &&
    storage._typeMetadatas instanceof Map
  );
}

let known: readonly TransformerStorage[] | undefined;

/** Looked up once for the classes that are planned together: a process has thousands of modules. */
function storages(): readonly TransformerStorage[] {
  if (known === undefined) {
    known = storagesIn(loadedModules());
    // `queueMicrotask` would make a resource of async_hooks of it, which costs more than the look-up.
    void Promise.resolve().then(() => {
      known = undefined;
    });
  }
  return known;
}

/** Reads the decorators of one property, inherited ones included. */
export function storedTransformation(target: SectionClass, property: string): StoredTransformation {
  let type: ReturnType<TransformerStorage['findTypeMetadata']>;
  let expose: ReturnType<TransformerStorage['findExposeMetadata']>;
  let exclude: ReturnType<TransformerStorage['findExcludeMetadata']>;
  const transforms: Transform[] = [];
  for (const storage of storages()) {
    // Of each kind the word of the first copy counts.
    type ??= storage.findTypeMetadata(target, property);
    expose ??= storage.findExposeMetadata(target, property);
    exclude ??= storage.findExcludeMetadata(target, property);
    const found = storage.findTransformMetadatas(target, property, PLAIN_TO_CLASS);
    for (const { transformFn } of found) transforms.push(transformFn);
  }
  const isExposed = expose !== undefined && expose.options?.toPlainOnly !== true;
  const discriminator = type?.options?.discriminator;
  return {
    ...(type !== undefined && {
      type: {
        resolve: () => type.typeFunction({ newObject: {}, object: {}, property }),
        reflected: type.reflectedType,
        ...(discriminator !== undefined && { discriminator }),
      },
    }),
    transforms,
    ...(isExposed && expose?.options?.name !== undefined && { exposedAs: expose.options.name }),
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
  const orders: (readonly string[])[] = [];
  for (const storage of storages()) {
    for (const kind of KINDS) {
      const named = namedIn(storage[kind], target);
      if (named !== undefined) orders.push(named);
    }
  }
  return orders;
}

const KINDS = ['_typeMetadatas', '_transformMetadatas', '_exposeMetadatas', '_excludeMetadatas'] as const;

/** What a table names of a class and its ancestors; `undefined` where it knows none of them. */
function namedIn(table: TransformerStorage[(typeof KINDS)[number]], owner: unknown): readonly string[] | undefined {
  if (typeof owner !== 'function') return undefined;
  const above = namedIn(table, Object.getPrototypeOf(owner));
  const own = table.get(owner);
  if (own === undefined) return above;
  const names = [...own.keys()].filter((name) => name !== undefined);
  return above === undefined ? names : [...above, ...names];
}

interface TypeMetadata {
  readonly reflectedType: unknown;
  readonly typeFunction: (options: TypeHelpOptions) => abstract new (...args: never[]) => unknown;
  readonly options?: {
    readonly keepDiscriminatorProperty?: boolean;
    readonly discriminator?: {
      readonly property: string;
      readonly subTypes: readonly { readonly name: string; readonly value: new () => object }[];
    };
  };
}

interface ToggleMetadata {
  readonly options?: { readonly name?: string; readonly toPlainOnly?: boolean; readonly toClassOnly?: boolean };
}

type Table = ReadonlyMap<unknown, ReadonlyMap<string | undefined, unknown>>;

/** What we read of class-transformer's metadata storage. */
export interface TransformerStorage {
  readonly _typeMetadatas: Table;
  readonly _transformMetadatas: Table;
  readonly _exposeMetadatas: Table;
  readonly _excludeMetadatas: Table;
  getStrategy(target: unknown): 'excludeAll' | 'exposeAll' | 'none';
  findTypeMetadata(target: unknown, property: string): TypeMetadata | undefined;
  findExposeMetadata(target: unknown, property: string): ToggleMetadata | undefined;
  findExcludeMetadata(target: unknown, property: string): ToggleMetadata | undefined;
  findTransformMetadatas(
    target: unknown,
    property: string,
    /** What it calls `TransformationType`, here and below. */
    type: number,
  ): readonly {
    readonly transformFn: (parameters: {
      readonly key: string;
      readonly value: unknown;
      readonly obj: object;
      readonly type: number;
      readonly options: object;
    }) => unknown;
  }[];
}
