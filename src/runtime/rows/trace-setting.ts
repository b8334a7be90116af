import {
  type ConfigLayer,
  type ConfigOrigin,
  type ConfigPath,
  type Said,
  type SchemaNode,
  type SecretGate,
  type SectionNode,
  originAtPath,
  traceMerge,
  UNSET,
  valueAt,
} from '../../core/index.js';
import { sourcePath } from '../../binding/index.js';
import { layerIn } from './canonical-layers.js';
import type { Part, Seat } from './part.js';
import type { Reading } from './reading.js';
import { rowOf, type RowLookup } from './row.js';
import { segmentAt, type Segment } from './segment.js';

/** What one layer says about a path. */
export interface Contribution {
  readonly value: unknown;
  /** The canonical path of the value, which may stand above the one that was asked for, and at another index. */
  readonly at: ConfigPath;
  readonly origin: ConfigOrigin;
  /** True for what is in the value in use, or is it: all lists of a merged one, for example. */
  readonly takesPart: boolean;
}

/** What is asked who said something. The defaults are looked at only when something is traced down to them. */
export interface Traceable {
  readonly rows: RowLookup;
  readonly readings: readonly Reading[];
  /** What lies between them. */
  readonly overlays?: readonly Reading[];
  readonly plan: {
    readonly schema: SectionNode;
    readonly root: Segment;
    readonly defaults: unknown;
    readonly isSecret: (path: ConfigPath) => boolean;
    readonly gate: SecretGate;
  };
}

/**
 * Everything that was said about a path, the highest first. The first one wins when it takes part, unless it removes what
 * is below it; where it does not, the class of an item says what is in use, or nobody.
 */
export function traceSetting(from: Traceable, path: ConfigPath): readonly Contribution[] {
  const found = saidOf(from, path);
  const told = found.map((said) => {
    const { value, takesPart } = said;
    return { value, at: [...said.by.path, ...said.path], origin: originIn(from, said), takesPart };
  });
  // Defaults that hold references are a layer of their own, and have been heard.
  const initial = found.at(-1)?.by.seat.kind === 'default' ? undefined : valueAt(from.plan.defaults, path);
  if (initial === undefined) return told;
  const isUnset = found.every(({ takesPart, value }) => !takesPart || value === UNSET) && !isReplaced(from, path);
  return [...told, { value: initial, at: path, origin: originAtPath('default', 'default', path), takesPart: isUnset }];
}

/**
 * Who decides the value in use, if only by removing what is below; `undefined` where the class of an item does, or nobody.
 */
export function decidedBy(from: Traceable, path: ConfigPath): Contribution | undefined {
  const [first] = traceSetting(from, path);
  return first?.takesPart === true ? first : undefined;
}

/** True inside a list or map that somebody says: nothing in the one that is its default is in use then. */
function isReplaced(from: Traceable, path: ConfigPath): boolean {
  let node: SchemaNode | undefined = from.plan.schema;
  let length = 0;
  while (length < path.length && node?.kind === 'section') node = node.keys.get(path[length++] ?? '')?.node;
  if (length === path.length) return false;
  const said = winner(from, path.slice(0, length));
  return said !== undefined && said.value !== UNSET;
}

/** Who says the value that is in use at the path. */
export function winningPart(from: Traceable, path: ConfigPath): Part | undefined {
  return winner(from, path)?.by;
}

/** Whose value at the path is in use. */
export function winningSeat(from: Traceable, path: ConfigPath): Seat | undefined {
  return winningPart(from, path)?.seat;
}

/** The layer whose value at the path is in use. */
export function winningLayer(from: Traceable, path: ConfigPath): ConfigLayer | undefined {
  const seat = winningSeat(from, path);
  return seat && layerIn(from, seat);
}

/** Where the value at a path, or what stands for it above, is written; `undefined` when no layer says anything. */
export function originOf(from: Traceable, path: ConfigPath): ConfigOrigin | undefined {
  const said = winner(from, path);
  return said && originIn(from, said);
}

/** What stands at the path in the layer whose value is in use there. */
export function winningValue(from: Traceable, path: ConfigPath): unknown {
  return winner(from, path)?.value;
}

function winner(from: Traceable, path: ConfigPath): Said<Part> | undefined {
  return saidOf(from, path).find(({ takesPart }) => takesPart);
}

function saidOf({ rows, plan }: Traceable, path: ConfigPath): readonly Said<Part>[] {
  const segment = segmentAt(plan.root, path);
  const trees = rowOf(rows, segment).parts.map((part) => ({ by: part, value: part.tree }));
  return traceMerge(trees, path.slice(segment.path.length), segment.schema);
}

function originIn(from: Traceable, { by, path }: Said<Part>): ConfigOrigin {
  const layer = layerIn(from, by.seat);
  const at = [...by.path, ...path];
  if (layer === undefined) return originAtPath(by.seat.kind, by.seat.name, at);
  return layer.locate(sourcePath(layer, from.plan.schema, at));
}
