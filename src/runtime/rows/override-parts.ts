import type { ConfigMap, ConfigPath } from '../../core/index.js';
import { isConfigMap, UNSET, valueAt } from '../../core/index.js';
import type { Part } from './part.js';
import type { Reading } from './reading.js';
import type { Row } from './row.js';
import type { Segment } from './segment.js';

/** What goes over a row. */
export interface Override {
  /** Low to high. */
  readonly parts: readonly Part[];
  /**
   * The parts merged by themselves, with encrypted values opened in place: then they lie above all other values of the
   * segment. Where there is none, they lie where their seats are, and are opened with the others.
   */
  readonly opened?: unknown;
}

/** By segment: the values over it. */
export type Overrides = ReadonlyMap<Segment, Override>;

export const NO_OVERRIDES: Overrides = new Map();

/** The parts of layers that lie between those of the ground. */
export function overridesOf({ layers }: Reading): Overrides {
  const overrides = new Map<Segment, Override>();
  for (const layer of layers) {
    for (const [segment, part] of layer.parts) {
      overrides.set(segment, { parts: [...(overrides.get(segment)?.parts ?? []), part] });
    }
  }
  return overrides;
}

/**
 * What the layers override at a level of a scope, such as `modules.billing`. It merges by itself before it goes over
 * anything: `!unset` takes away what lower layers override, and what is below stays.
 */
export function overridesAt({ parts, opened, segment: root }: Row, level: ConfigPath): Overrides {
  const said = parts.flatMap((part) => {
    const tree = valueAt(part.tree, level);
    return tree === undefined ? [] : [{ part, tree }];
  });
  const settled = withoutUnset(said.map(({ tree }) => tree));
  const overrides = new Map<Segment, Part[]>();
  for (const [at, { part }] of said.entries()) {
    const tree = settled[at];
    if (isConfigMap(tree)) collect(root, tree, part, level, overrides);
  }
  const ownOf = ({ path, children }: Segment): unknown => withoutKeys(valueAt(opened, [...level, ...path]), children);
  return new Map([...overrides].map(([segment, parts]) => [segment, { parts, opened: ownOf(segment) }]));
}

/** Takes a tree apart as layers are. What lies in no section is no setting of anybody's. */
function collect(segment: Segment, tree: ConfigMap, said: Part, level: ConfigPath, into: Map<Segment, Part[]>): void {
  const own: Record<string, unknown> = {};
  for (const key of Object.keys(tree)) {
    const child = segment.children.get(key);
    const value = tree[key];
    if (child === undefined) own[key] = value;
    else if (isConfigMap(value)) collect(child, value, said, level, into);
  }
  if (segment.section === undefined || Object.keys(own).length === 0) return;
  const part: Part = { ...said, path: [...level, ...segment.path], raw: own, tree: own, issues: [], unknownKeys: [] };
  const known = into.get(segment);
  if (known === undefined) into.set(segment, [part]);
  else known.push(part);
}

function withoutKeys(tree: unknown, keys: ReadonlyMap<string, unknown>): unknown {
  if (keys.size === 0 || !isConfigMap(tree)) return tree;
  return Object.fromEntries(Object.entries(tree).filter(([key]) => !keys.has(key)));
}

/** Trees, low to high, without what a higher one unsets, and without its saying so. */
function withoutUnset(trees: readonly unknown[]): readonly unknown[] {
  let unset: unknown;
  return trees
    .toReversed()
    .map((tree) => {
      const left = without(tree, unset);
      unset = joined(unset, unsetIn(tree));
      return left;
    })
    .toReversed();
}

/** The paths that a tree unsets, as a tree; `undefined` for none. */
function unsetIn(tree: unknown): unknown {
  if (!isConfigMap(tree)) return tree === UNSET ? UNSET : undefined;
  const below = Object.entries(tree).flatMap(([key, value]) => {
    const unset = unsetIn(value);
    return unset === undefined ? [] : [[key, unset] as const];
  });
  return below.length === 0 ? undefined : Object.fromEntries(below);
}

function joined(one: unknown, other: unknown): unknown {
  if (!isConfigMap(one) || !isConfigMap(other)) return one === UNSET || other === undefined ? one : other;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...keys].map((key) => [key, joined(one[key], other[key])]));
}

function without(tree: unknown, unset: unknown): unknown {
  if (tree === UNSET || unset === UNSET) return undefined;
  if (!isConfigMap(tree)) return tree;
  const left = Object.entries(tree).flatMap(([key, value]) => {
    const rest = without(value, isConfigMap(unset) ? unset[key] : undefined);
    return rest === undefined ? [] : [[key, rest] as const];
  });
  return Object.fromEntries(left);
}
