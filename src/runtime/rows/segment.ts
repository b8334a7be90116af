import type { ConfigPath, SectionNode } from '../../core/index.js';
import type { SectionPlan } from '../../binding/index.js';

/** Where a section sits, and what it declares. */
export interface PlacedSection {
  readonly entry: { readonly path: ConfigPath };
  readonly plan: SectionPlan;
}

/**
 * One cut of the configuration: the values at its path, without those at the paths of its children. There is one for each
 * section, for each map above sections, and for the root.
 */
export interface Segment {
  /** Its place among all segments; parents come before their children. */
  readonly index: number;
  readonly path: ConfigPath;
  /** The keys that are legal here, those of the children included. */
  readonly schema: SectionNode;
  readonly parent: Segment | undefined;
  /** By canonical key. */
  readonly children: ReadonlyMap<string, Segment>;
  /** The children that lie in fields of the section's own class: their values are its values, too. */
  readonly declared: readonly Segment[];
  /** The index of the section at this path; `undefined` for a map above sections. */
  readonly section: number | undefined;
}

/** Cuts a schema at the paths of the sections that it was built from. All segments, the root first. */
export function cutSchema(schema: SectionNode, sections: readonly PlacedSection[]): readonly Segment[] {
  const segments: Segment[] = [];
  const cut = (
    node: SectionNode,
    path: ConfigPath,
    within: readonly number[],
    parent: Segment | undefined,
  ): Segment => {
    const here = within.find((index) => sections[index]?.entry.path.length === path.length);
    const children = new Map<string, Segment>();
    const declared: Segment[] = [];
    const segment: Segment = { index: segments.length, path, schema: node, parent, children, declared, section: here };
    segments.push(segment);
    for (const [key, below] of groupByKey(within, sections, path.length)) {
      const child = node.keys.get(key)?.node;
      // A section is in a section or a map: a schema with it in any other place is refused.
      if (child?.kind !== 'section') continue;
      const made = cut(child, [...path, key], below, segment);
      children.set(key, made);
      if (here !== undefined && sections[here]?.plan.names.includes(key) === true) declared.push(made);
    }
    return segment;
  };
  cut(schema, [], [...sections.keys()], undefined);
  return segments;
}

function groupByKey(
  within: readonly number[],
  sections: readonly PlacedSection[],
  depth: number,
): ReadonlyMap<string, readonly number[]> {
  const groups = new Map<string, number[]>();
  for (const index of within) {
    const key = sections[index]?.entry.path[depth];
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [index]);
    else group.push(index);
  }
  return groups;
}

/** The segment that a canonical path leads into. */
export function segmentAt(root: Segment, path: ConfigPath): Segment {
  let segment = root;
  for (const key of path) {
    const child = segment.children.get(key);
    if (child === undefined) break;
    segment = child;
  }
  return segment;
}

/** Sorts segments into the order of all. */
export function byIndex(one: Segment, other: Segment): number {
  return one.index - other.index;
}

/** The segments that a section is made from: its own, and all in its fields. */
export function segmentsOf(segment: Segment): readonly Segment[] {
  const { declared } = segment;
  return declared.length === 0 ? [segment] : [segment, ...declared.flatMap(wholeOf)];
}

/** A segment and all below it. */
export function wholeOf(segment: Segment): readonly Segment[] {
  return [segment, ...[...segment.children.values()].flatMap(wholeOf)];
}
