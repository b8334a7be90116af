import type { SchemaNode, SectionNode } from '../../core/index.js';
import { isUnsetWhenEmpty } from './field-keys.js';
import { SectionPlan } from './section-plan.js';

/**
 * A section's keys in columns, for the walk over a layer: one comparison of interned strings shows that a key is the
 * expected one, without any lookup.
 */
export interface SectionShape {
  readonly names: readonly string[];
  /** The column of a name. */
  columnOf(name: string): number | undefined;
  node(column: number): SchemaNode | undefined;
  /** True where the value is single. */
  isLeaf(column: number): boolean;
  /** True where an empty string means "not set". */
  emptyIsUnset(column: number): boolean;
}

const shapes = new WeakMap<SectionNode, SectionShape>();

/** The shape of a section; worked out once where several share it. */
export function shapeOf(node: SectionNode): SectionShape {
  if (node instanceof SectionPlan) return node;
  let shape = shapes.get(node);
  if (shape === undefined) shapes.set(node, (shape = new TableShape(node)));
  return shape;
}

/** The shape of a node that several sections share, or that is above them. */
class TableShape implements SectionShape {
  public readonly names: readonly string[];
  readonly #columns: ReadonlyMap<string, number>;
  readonly #nodes: readonly SchemaNode[];

  public constructor(node: SectionNode) {
    this.names = [...node.keys.keys()];
    this.#columns = new Map(this.names.map((name, column) => [name, column]));
    this.#nodes = [...node.keys.values()].map((key) => key.node);
  }

  public columnOf(name: string): number | undefined {
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
