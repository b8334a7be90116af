import type { SchemaNode, SectionNode } from '../core/index.js';

/**
 * A section's keys in columns, for the walk over a layer: one comparison of interned texts tells that a key is the
 * expected one, and nothing else need be looked up.
 */
export interface SectionShape {
  readonly names: readonly string[];
  /** By name: the column. */
  readonly columns: ReadonlyMap<string, number>;
  readonly nodes: readonly SchemaNode[];
  /** True where the value is single. */
  readonly leaves: readonly boolean[];
  /** True where an empty text means "not set". */
  readonly emptyIsUnset: readonly boolean[];
}

const shapes = new WeakMap<SectionNode, SectionShape>();

/** The shape of a section, worked out once. */
export function shapeOf(node: SectionNode): SectionShape {
  let shape = shapes.get(node);
  if (shape === undefined) shapes.set(node, (shape = makeShape(node)));
  return shape;
}

function makeShape(node: SectionNode): SectionShape {
  const names = [...node.keys.keys()];
  const nodes = [...node.keys.values()].map((key) => key.node);
  return {
    names,
    columns: new Map(names.map((name, column) => [name, column])),
    nodes,
    leaves: nodes.map(({ kind }) => kind === 'leaf'),
    emptyIsUnset: nodes.map((child) => child.kind === 'leaf' && !KEEPS_EMPTY_TEXT.has(child.type)),
  };
}

/** Types for which an empty text is a value. */
const KEEPS_EMPTY_TEXT = new Set(['text', 'anything']);
