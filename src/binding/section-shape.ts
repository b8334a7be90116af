import type { SchemaNode, SectionNode } from '../core/index.js';
import { SIMPLE } from './field-columns.js';
import { ClassSchema } from './section-schema.js';

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

/** The shape of a section, worked out once. */
export function shapeOf(node: SectionNode): SectionShape {
  let shape = shapes.get(node);
  if (shape === undefined) {
    shapes.set(node, (shape = node instanceof ClassSchema ? new ColumnShape(node) : new TableShape(node)));
  }
  return shape;
}

/** The shape of a settings class: simple fields are known from their columns alone. */
class ColumnShape implements SectionShape {
  public readonly names: readonly string[];
  readonly #schema: ClassSchema;
  readonly #codes: Uint8Array;

  public constructor(schema: ClassSchema) {
    const { names, codes } = schema.fields.columns;
    this.#schema = schema;
    this.#codes = codes;
    this.names = names;
  }

  public column(name: string): number | undefined {
    return this.#schema.fields.columnOf(name);
  }

  public node(column: number): SchemaNode | undefined {
    return this.#schema.keys.get(this.names[column] ?? '')?.node;
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
