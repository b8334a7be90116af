import { type ConfigPath, type Selectors, isConfigMap, UNRESOLVED } from '../../core/index.js';
import { bindSections, type BoundBefore, type Finding } from '../../binding/index.js';
import { instanceDiffers, isHidden } from '../generation/index.js';
import type { LoadPlan } from '../plan/index.js';
import {
  byIndex,
  rowOf,
  sectionValue,
  segmentsOf,
  withRows,
  type Row,
  type RowLookup,
  type Rows,
  type Segment,
} from '../rows/index.js';

/** What sections are made from. */
export interface BindRequest {
  readonly plan: LoadPlan;
  readonly selectors: Selectors;
  /** With their references resolved. */
  readonly rows: RowLookup;
  /** Earlier rows, whose instances are taken over where they are equal; the first ones rather than the others. */
  readonly known: readonly RowLookup[];
}

/** Sections that were made. */
export interface BoundSections {
  /** By their segments; none for a section that could not be made. */
  readonly instances: ReadonlyMap<Segment, object>;
  readonly findings: readonly Finding[];
}

/** Rows with the instances of their sections. */
export interface BoundRows {
  readonly rows: Rows;
  readonly findings: readonly Finding[];
  /** The sections that were made. */
  readonly made: readonly Segment[];
}

/** Gives rows their sections; those that are made from what they were made from stay as they are. */
export async function bindRows(
  resolved: Rows,
  others: Iterable<Segment>,
  request: Omit<BindRequest, 'rows'>,
): Promise<BoundRows> {
  const { known } = request;
  const toMake: Segment[] = [];
  const rows = withRows(resolved, sectionsWith(others), (row) => {
    const { segment } = row;
    const found = known.find((old) => isMadeFromSame(segment, resolved, old));
    const instance = found && rowOf(found, segment).instance;
    if (instance === undefined) toMake.push(segment);
    return instance === undefined || instance === row.instance ? row : { ...row, instance };
  });
  const { instances, findings } = await bindSegments(toMake, { ...request, rows: resolved });
  const made = withRows(rows, instances.keys(), (row) => ({ ...row, instance: instances.get(row.segment) }));
  return { rows: made, findings, made: toMake };
}

/**
 * The instances in rows, by the indexes of their sections; the very list that is known where none is another one.
 *
 * @param sections those that may be others than the known ones
 */
export function instancesOf(
  rows: Rows,
  sections: readonly Segment[],
  known: readonly object[] = [],
): readonly object[] {
  let instances: object[] | undefined;
  for (const { index, section = NaN } of sections) {
    const instance = rows[index]?.instance ?? NOTHING;
    if (instance !== known[section]) (instances ??= [...known])[section] = instance;
  }
  return instances ?? known;
}

/** In the place of a section that could not be made; never to be seen. */
const NOTHING: object = Object.freeze({});

/** The sections at segments, and those that have them in their fields. */
export function sectionsWith(segments: Iterable<Segment>): readonly Segment[] {
  const found = new Set<Segment>();
  for (const segment of segments) {
    for (let at: Segment | undefined = segment; at !== undefined; at = at.parent) {
      if (at.section !== undefined) found.add(at);
    }
  }
  return [...found].sort(byIndex);
}

/** Makes sections even if they are known; a section equal to an earlier one is that instance. */
async function bindSegments(segments: readonly Segment[], request: BindRequest): Promise<BoundSections> {
  const { plan, selectors, rows, known } = request;
  const placed = segments.flatMap((segment) => {
    const section = segment.section === undefined ? undefined : plan.sections[segment.section];
    return section === undefined ? [] : [{ segment, section }];
  });
  const requests = placed.map(({ segment, section }) => {
    const raw = sectionValue(rows, segment, 'resolved');
    const before = madeBefore(segment, rows, known);
    return {
      plan: section.plan,
      path: segment.path,
      raw: raw === UNRESOLVED ? undefined : raw,
      ...(before && { before }),
    };
  });
  const isSecret = (path: ConfigPath): boolean => isHidden({ plan, rows }, path);
  const bound = await bindSections(requests, selectors, isSecret, plan);
  const instances = new Map<Segment, object>();
  for (const [at, { segment, section }] of placed.entries()) {
    const instance = bound.instances[at];
    if (instance === undefined) continue;
    const olds = bound.findings.length > 0 ? [] : known.flatMap((old) => rowOf(old, segment).instance ?? []);
    // The value may be equal in another spelling (`80` for `"80"`).
    instances.set(segment, olds.find((old) => !instanceDiffers(section.plan, old, instance)) ?? instance);
  }
  return { instances, findings: bound.findings };
}

/** What the section in use was made from: parts of it that are made from the same stay. */
function madeBefore(segment: Segment, rows: RowLookup, [used]: readonly RowLookup[]): BoundBefore | undefined {
  const instance = used && rowOf(used, segment).instance;
  if (used === undefined || instance === undefined) return undefined;
  const raw = sectionValue(used, segment, 'resolved');
  return isConfigMap(raw)
    ? { raw, instance, keys: keysApart(segment, rowOf(used, segment), rowOf(rows, segment)) }
    : undefined;
}

/** The only keys whose values may differ in two rows, where that shows in the parts that only one of them has. */
function keysApart({ declared }: Segment, was: Row, is: Row): readonly string[] | undefined {
  if (was.resolved !== was.opened || is.resolved !== is.opened) return undefined;
  const keys = declared.map(({ path }) => path.at(-1) ?? '');
  for (const { parts, others } of [
    { parts: was.parts, others: is.parts },
    { parts: is.parts, others: was.parts },
  ]) {
    for (const part of parts) {
      if (others.includes(part)) continue;
      const { tree, path, holdsReferences } = part;
      if (holdsReferences || path !== was.segment.path || !isConfigMap(tree)) return undefined;
      keys.push(...Object.keys(tree));
    }
  }
  return keys;
}

/** True for a section that is made from the same values in two tables. */
function isMadeFromSame(segment: Segment, rows: RowLookup, old: RowLookup): boolean {
  return segmentsOf(segment).every((each) => rowOf(rows, each).resolved === rowOf(old, each).resolved);
}
