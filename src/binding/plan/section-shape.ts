import type { SchemaNode, SectionNode } from '../../core/index.js';
import { ClassSchema, isUnsetWhenEmpty, type SectionShape } from './section-schema.js';

const shapes = new WeakMap<SectionNode, SectionShape>();

/** The shape of a section; worked out once where several share it. */
export function shapeOf(node: SectionNode): SectionShape {
  if (node instanceof ClassSchema) return node;
  let shape = shapes.get(node);
  if (shape === undefined) shapes.set(node, (shape = new TableShape(node)));
  return shape;
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
