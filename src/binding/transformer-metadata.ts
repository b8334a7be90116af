import { TransformationType, type TransformFnParams } from 'class-transformer';
// The storage has no entry of its own; class-transformer has no exports map, and its main entry is this CommonJS build.
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import type { FieldTypeClass, SectionClass } from '../sections/index.js';

/** What class-transformer's decorators say about one property when plain values become an instance. */
export interface StoredTransformation {
  /** From `@Type`. */
  readonly type?: StoredType;
  /** From `@Transform`, in order. */
  readonly transforms: readonly ((parameters: TransformFnParams) => unknown)[];
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

/** Reads the decorators of one property, inherited ones included. */
export function storedTransformation(target: SectionClass, property: string): StoredTransformation {
  const type = defaultMetadataStorage.findTypeMetadata(target, property);
  const expose = defaultMetadataStorage.findExposeMetadata(target, property);
  const isExposed = expose !== undefined && expose.options?.toPlainOnly !== true;
  const exclude = defaultMetadataStorage.findExcludeMetadata(target, property);
  const transforms = defaultMetadataStorage.findTransformMetadatas(target, property, TransformationType.PLAIN_TO_CLASS);
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
  return defaultMetadataStorage.getStrategy(target) === 'excludeAll';
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
  return [
    defaultMetadataStorage._typeMetadatas,
    defaultMetadataStorage._transformMetadatas,
    defaultMetadataStorage._exposeMetadatas,
    defaultMetadataStorage._excludeMetadatas,
  ].flatMap((table) => {
    const named = owners.filter((owner) => table.has(owner));
    if (named.length === 0) return [];
    return [named.flatMap((owner) => [...(table.get(owner)?.keys() ?? [])].filter((name) => name !== undefined))];
  });
}
