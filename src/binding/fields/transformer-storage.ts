import type { TypeHelpOptions } from 'class-transformer';

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
