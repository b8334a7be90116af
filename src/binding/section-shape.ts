import type { SchemaNode, SectionNode } from '../core/index.js';
import { SIMPLE, type FieldColumns } from './field-columns.js';

/**
 * A section's keys in columns, for the walk over a layer: one comparison of interned texts tells that a key is the
 * expected one, and nothing else need be looked up.
 */
export interface SectionShape {
  readonly names: readonly string[];
  /** The column of a name. */
  column(name: string): number | undefined;
  node(column: number): SchemaNode | undefined;
  /** True where the value is single. */
  isLeaf(column: number): boolean;
  /** True where an empty text means "not set". */
  emptyIsUnset(column: number): boolean;
}

const shapes = new WeakMap<SectionNode, SectionShape>();
const columnsOfSchemas = new WeakMap<SectionNode, FieldColumns>();

/** Lets the shape of a class's schema be read from its columns, without making the schema's tables. */
export function rememberColumns(node: SectionNode, columns: FieldColumns): void {
  columnsOfSchemas.set(node, columns);
}

/** The shape of a section, worked out once. */
export function shapeOf(node: SectionNode): SectionShape {
  let shape = shapes.get(node);
  if (shape === undefined) {
    const columns = columnsOfSchemas.get(node);
    shapes.set(node, (shape = columns === undefined ? new TableShape(node) : new ColumnShape(node, columns)));
  }
  return shape;
}

/** The shape of a settings class: simple fields are known from their columns alone. */
class ColumnShape implements SectionShape {
  public readonly names: readonly string[];
  readonly #node: SectionNode;
  readonly #codes: Uint8Array;
  #byName: ReadonlyMap<string, number> | undefined;

  public constructor(node: SectionNode, { names, codes }: FieldColumns) {
    this.#node = node;
    this.names = names;
    this.#codes = codes;
  }

  public column(name: string): number | undefined {
    this.#byName ??= new Map(this.names.map((known, column) => [known, column]));
    return this.#byName.get(name);
  }

  public node(column: number): SchemaNode | undefined {
    return this.#node.keys.get(this.names[column] ?? '')?.node;
  }

  public isLeaf(column: number): boolean {
    return this.#codes[column] !== SIMPLE.NO || this.node(column)?.kind === 'leaf';
  }

  public emptyIsUnset(column: number): boolean {
    const code = this.#codes[column];
    if (code === SIMPLE.NO) return isUnsetWhenEmpty(this.node(column));
    return code !== SIMPLE.TEXT && code !== SIMPLE.MASKED;
  }
}

/** The shape of a node that several sections share, or that stands above them. */
class TableShape implements SectionShape {
  public readonly names: readonly string[];
  readonly #columns: ReadonlyMap<string, number>;
  readonly #nodes: readonly SchemaNode[];

  public constructor(node: SectionNode) {
    this.names = [...node.keys.keys()];
    this.#columns = new Map(this.names.map((name, column) => [name, column]));
    this.#nodes = [...node.keys.values()].map((key) => key.node);
  }

  public column(name: string): number | undefined {
    return this.#columns.get(name);
  }

  public node(column: number): SchemaNode | undefined {
    return this.#nodes[column];
  }

  public isLeaf(column: number): boolean {
    return this.#nodes[column]?.kind === 'leaf';
  }

  public emptyIsUnset(column: number): boolean {
    return isUnsetWhenEmpty(this.#nodes[column]);
  }
}

function isUnsetWhenEmpty(node: SchemaNode | undefined): boolean {
  return node?.kind === 'leaf' && !KEEPS_EMPTY_TEXT.has(node.type);
}

/** Types for which an empty text is a value. */
const KEEPS_EMPTY_TEXT = new Set(['text', 'anything', 'secret text']);
