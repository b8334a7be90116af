import { type ConfigMap, type ConfigPath, type Selectors, isConfigMap, UNRESOLVED } from '../../core/index.js';
import {
  bindSections,
  type BoundBefore,
  type Finding,
  type SectionPlan,
  type SectionRequest,
} from '../../binding/index.js';
import { heldIn, instanceDiffers, isHidden, isSingle } from '../generation/index.js';
import type { LoadPlan } from '../plan/index.js';
import {
  byIndex,
  picked,
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
  /** All that segments hold besides what they hold in the first of these, where that is known. */
  readonly apart?: ReadonlyMap<Segment, ConfigMap>;
}

/** Sections that may be others than the known ones. */
export interface BoundSections {
  /** By their segments; none for a section that could not be made. */
  readonly instances: ReadonlyMap<Segment, object>;
  readonly findings: readonly Finding[];
  /** Those that were made. */
  readonly made: readonly Segment[];
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
  const { instances, findings, made } = await bindOthers(others, { ...request, rows: resolved });
  return { rows: withInstances(resolved, instances), findings, made };
}

/** Rows with sections of their own. */
export function withInstances(rows: Rows, instances: ReadonlyMap<Segment, object>): Rows {
  return withRows(rows, instances.keys(), (row) => {
    const instance = instances.get(row.segment);
    return instance === row.instance ? row : { ...row, instance };
  });
}

/** The sections of rows that may be others than the known ones. */
export async function bindOthers(others: Iterable<Segment>, request: BindRequest): Promise<BoundSections> {
  const { rows, known, apart } = request;
  const same = new Map<Segment, object>();
  const made: Segment[] = [];
  for (const segment of sectionsWith(others)) {
    const isOther = apart?.get(segment) !== undefined;
    const found = known.find((old, at) => !(isOther && at === 0) && isMadeFromSame(segment, rows, old));
    const instance = found && rowOf(found, segment).instance;
    if (instance === undefined) made.push(segment);
    else same.set(segment, instance);
  }
  if (made.length === 0) return { instances: same, findings: [], made };
  const { instances, findings } = await bindSegments(made, request);
  return { instances: same.size === 0 ? instances : new Map([...same, ...instances]), findings, made };
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
async function bindSegments(segments: readonly Segment[], request: BindRequest): Promise<Omit<BoundSections, 'made'>> {
  const { plan, selectors, rows, known } = request;
  const requests = segments.map((segment) => new SectionOfRows(segment, request));
  const isSecret = (path: ConfigPath): boolean => isHidden({ plan, rows }, path);
  const bound = await bindSections(requests, selectors, isSecret, plan);
  const instances = new Map<Segment, object>();
  requests.forEach((made, at) => {
    const instance = bound.instances[at];
    if (instance === undefined) return;
    // The value may be equal in another spelling (`80` for `"80"`).
    const old = bound.findings.length > 0 ? undefined : known.find((rows) => made.isSame(rows, instance));
    instances.set(made.segment, (old && rowOf(old, made.segment).instance) ?? instance);
  });
  return { instances, findings: bound.findings };
}

/** A section to be made, of values that are put together when they are asked for. */
class SectionOfRows implements SectionRequest {
  public readonly segment: Segment;
  public readonly plan: SectionPlan;
  public readonly before: BoundBefore | undefined;
  readonly #rows: RowLookup;

  public constructor(segment: Segment, { plan, rows, known, apart }: BindRequest) {
    const section = plan.sections[segment.section ?? -1];
    if (section === undefined) throw new RangeError(`There is no section at ${segment.path.join('.')}.`);
    this.segment = segment;
    this.plan = section.plan;
    this.before = madeBefore(segment, rows, known, apart?.get(segment));
    this.#rows = rows;
  }

  public get path(): ConfigPath {
    return this.segment.path;
  }

  public get raw(): unknown {
    const raw = sectionValue(this.#rows, this.segment, 'resolved');
    return raw === UNRESOLVED ? undefined : raw;
  }

  /** True when an earlier table has a section that is equal to the one that was made. */
  public isSame(rows: RowLookup, made: object): boolean {
    const old = rowOf(rows, this.segment).instance;
    if (old === undefined) return false;
    const keys = Object.keys(this.before?.apart ?? NOTHING);
    return !keys.some((key) => differsPlainly(old, made, key)) && !instanceDiffers(this.plan, old, made);
  }
}

/** True for two single values that differ, which needs no look at the class. */
function differsPlainly(old: object, made: object, key: string): boolean {
  const [was, is] = [heldIn(old, key), heldIn(made, key)];
  return isSingle(was) && isSingle(is) && !Object.is(was, is);
}

/** What the section in use was made from: parts of it that are made from the same stay. */
function madeBefore(
  segment: Segment,
  rows: RowLookup,
  [used]: readonly RowLookup[],
  apart: ConfigMap | undefined,
): BoundBefore | undefined {
  const instance = used && rowOf(used, segment).instance;
  if (used === undefined || instance === undefined) return undefined;
  const raw = sectionValue(used, segment, 'resolved');
  if (!isConfigMap(raw)) return undefined;
  return { raw, instance, apart: apart ?? valuesApart(segment, used, rows) };
}

/** The values at the keys where those of two tables may differ, where that shows in the parts that only one of them has. */
function valuesApart(segment: Segment, used: RowLookup, rows: RowLookup): ConfigMap | undefined {
  const keys = segment.declared.length > 0 ? undefined : keysApart(rowOf(used, segment), rowOf(rows, segment));
  const { resolved } = rowOf(rows, segment);
  return keys && isConfigMap(resolved) ? picked(resolved, keys) : undefined;
}

/** The only keys whose values may differ in two rows, where that shows in the parts that only one of them has. */
function keysApart(was: Row, is: Row): readonly string[] | undefined {
  if (was.resolved !== was.merged || is.resolved !== is.merged) return undefined;
  const keys: string[] = [];
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
