import {
  type ChosenBy,
  type ConfigLayer,
  type ConfigOrigin,
  type ConfigPath,
  type Inheritance,
  type Said,
  type SchemaNode,
  type SecretGate,
  type SectionNode,
  EXTENDS,
  formatPath,
  inheritances,
  originAtPath,
  traceMerge,
  UNSET,
  valueAt,
} from '../../core/index.js';
import { canonicalPath, sourcePath } from '../../binding/index.js';
import { layerIn } from './canonical-layers.js';
import type { Part, Seat } from './part.js';
import type { Reading } from './reading.js';
import { rowOf, type RowLookup } from './row.js';
import { segmentAt, type Segment } from './segment.js';

/** The value of one layer for a path. */
export interface Contribution {
  readonly value: unknown;
  /** The canonical path of the value, which may be above the requested one, and at another index. */
  readonly at: ConfigPath;
  readonly origin: ConfigOrigin;
  /** True for what is in the value in use, or is it: all lists of a merged one, for example. */
  readonly takesPart: boolean;
  /** How it came to the path that was asked for, when it is inherited: `$extends: primary`. */
  readonly through: readonly string[];
  /** True for what is read from a folder of mounted secrets. */
  readonly isMounted: boolean;
  /** The selectors that chose its layer, where others were to choose from. */
  readonly chosenBy?: ChosenBy | undefined;
}

/** The value of a part, whatever path it is inherited by. */
interface Heard extends Said<Part> {
  readonly through: readonly string[];
}

/** What values are traced through. The defaults are read only when something is traced down to them. */
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
 * All values of a path, the highest first. The first one that takes part wins, unless it removes what is below it; where none
 * does, the class of an item provides the value in use, or nothing does.
 */
export function traceSetting(from: Traceable, path: ConfigPath): readonly Contribution[] {
  const found = saidOf(from, path);
  const told = found.map((said) => toldBy(from, said));
  // Defaults that hold references are a layer of their own, and are included already.
  return found.at(-1)?.by.seat.kind === 'default' ? told : [...told, ...initials(from, path, found)];
}

/**
 * What decides the value in use, if only by removing what is below; `undefined` where the class of an item does, or nothing.
 */
export function decidedBy(from: Traceable, path: ConfigPath): Contribution | undefined {
  const found = saidOf(from, path);
  const said = found.find(({ takesPart }) => takesPart);
  return said === undefined ? initials(from, path, found).find(({ takesPart }) => takesPart) : toldBy(from, said);
}

function toldBy(from: Traceable, said: Heard): Contribution {
  const { by, value, takesPart, through } = said;
  const { isMounted } = by.seat;
  const at = [...by.path, ...said.path];
  const chosenBy = layerIn(from, by.seat)?.chosenBy;
  return { value, at, origin: originIn(from, said), takesPart, through, isMounted, chosenBy };
}

/** The initial values of the classes; those of a parent replace the others. Read last, because it makes all defaults. */
function initials(from: Traceable, path: ConfigPath, found: readonly Heard[]): readonly Contribution[] {
  const isUnset = found.every(({ takesPart, value }) => !takesPart || value === UNSET) && !isReplaced(from, path);
  const said = lineOf(from, path).flatMap(({ at, through }) => {
    const value = valueAt(from.plan.defaults, at);
    const origin = originAtPath('default', 'default', at);
    return value === undefined ? [] : [{ value, at, origin, through, isMounted: false }];
  });
  return said.toReversed().map((one, at) => ({ ...one, takesPart: isUnset && at === 0 }));
}

/** The paths that a path inherits from, one after the other, itself the first. */
function lineOf(
  from: Traceable,
  path: ConfigPath,
): readonly { readonly at: ConfigPath; readonly through: readonly string[] }[] {
  const line: { at: ConfigPath; through: readonly string[] }[] = [];
  const passed = new Set<string>();
  let through: readonly string[] = [];
  for (let next: ConfigPath | undefined = path; next !== undefined && !passed.has(formatPath(next));) {
    passed.add(formatPath(next));
    line.push({ at: next, through });
    const [inherited] = inheritedBy(from, next);
    through = [...through, `${EXTENDS}: ${inherited?.name ?? ''}`];
    next = inherited?.parent;
  }
  return line;
}

function inheritedBy({ rows, plan }: Traceable, path: ConfigPath): readonly Inheritance[] {
  const segment = segmentAt(plan.root, path);
  const { merged, parts } = rowOf(rows, segment);
  if (!parts.some(({ holdsReferences }) => holdsReferences)) return [];
  const found = inheritances(merged, segment.schema, segment.path, path.slice(segment.path.length));
  return found.map((one) => ({ ...one, parent: canonicalPath(plan.schema, one.parent) }));
}

/** True inside a list or map that a layer sets: nothing in its default is in use then. */
function isReplaced(from: Traceable, path: ConfigPath): boolean {
  let node: SchemaNode | undefined = from.plan.schema;
  let length = 0;
  while (length < path.length && node?.kind === 'section') node = node.keys.get(path[length++] ?? '')?.node;
  if (length === path.length) return false;
  const said = winner(from, path.slice(0, length));
  return said !== undefined && said.value !== UNSET;
}

/** The part with the value in use at the path. */
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

/** The origin of the value at a path, or of one above that determines it; `undefined` without any value. */
export function originOf(from: Traceable, path: ConfigPath): ConfigOrigin | undefined {
  const said = winner(from, path);
  return said && originIn(from, said);
}

/** The value at the path in the layer whose value is in use there. */
export function winningValue(from: Traceable, path: ConfigPath): unknown {
  return winner(from, path)?.value;
}

function winner(from: Traceable, path: ConfigPath): Heard | undefined {
  const own = saidHere(from, path).find(isSaid);
  // A value that is set here is not inherited.
  return own === undefined ? saidOf(from, path).find(({ takesPart }) => takesPart) : { ...own, through: [] };
}

/** The values of a path, and then of those it inherits from. */
function saidOf(from: Traceable, path: ConfigPath): readonly Heard[] {
  let heard: readonly Heard[] = [];
  for (const { at, through } of lineOf(from, path)) {
    const here = saidHere(from, at).map((said) => ({ ...said, through }));
    // Removing what lies below makes room for the inherited value.
    if (heard.some(isSaid)) heard = [...heard, ...here.map(lost)];
    else heard = here.some(isSaid) ? [...here, ...heard.map(lost)] : [...heard, ...here];
  }
  return heard;
}

function isSaid({ takesPart, value }: Said<Part>): boolean {
  return takesPart && value !== UNSET;
}

function lost(said: Heard): Heard {
  return { ...said, takesPart: false };
}

function saidHere({ rows, plan }: Traceable, path: ConfigPath): readonly Said<Part>[] {
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
