import { type ConfigPath, type Selectors, isConfigMap, UNRESOLVED } from '../../core/index.js';
import { bindSections, type BoundBefore, type Finding } from '../../binding/index.js';
import { instanceDiffers } from '../generation/index.js';
import type { LoadPlan, PlannedSection } from '../plan/index.js';
import { rowOf, sectionValue, type Row, type Rows, type Segment } from '../rows/index.js';

/** What sections are made with. */
export interface BindRequest {
  readonly plan: LoadPlan;
  readonly selectors: Selectors;
  readonly isSecret: (path: ConfigPath) => boolean;
  /** Rows of before, whose instances are taken over where they say the same; the first ones rather than the others. */
  readonly known: readonly Rows[];
}

/** Rows with the instances of their sections. */
export interface BoundRows {
  readonly rows: Rows;
  readonly findings: readonly Finding[];
  /** The sections that were made. */
  readonly made: readonly Segment[];
}

interface Placed {
  readonly row: Row;
  readonly section: PlannedSection;
}

/** Makes the sections of rows that are resolved; those that are made from what they were made from stay as they are. */
export async function bindRows(resolved: Rows, { plan, selectors, isSecret, known }: BindRequest): Promise<BoundRows> {
  const rows = [...resolved];
  const toMake: Placed[] = [];
  for (const row of resolved) {
    const section = row.segment.section === undefined ? undefined : plan.sections[row.segment.section];
    if (section === undefined || isUntouched(row, known)) continue;
    const instance = knownInstance(row, resolved, known);
    if (instance === undefined) toMake.push({ row, section });
    else if (instance !== row.instance) rows[row.segment.index] = { ...row, instance };
  }
  const requests = toMake.map(({ row, section }) => {
    const raw = sectionValue(resolved, row.segment, 'resolved');
    const before = madeBefore(row, known);
    return {
      plan: section.plan,
      path: row.segment.path,
      raw: raw === UNRESOLVED ? undefined : raw,
      ...(before && { before }),
    };
  });
  const { instances, findings } = await bindSections(requests, selectors, isSecret, plan.gate);
  for (const [at, { row, section }] of toMake.entries()) {
    const instance = instances[at];
    if (instance === undefined) continue;
    const same = findings.length === 0 ? sameInstance(section, row, instance, known) : undefined;
    rows[row.segment.index] = { ...row, instance: same ?? instance };
  }
  return { rows, findings, made: toMake.map(({ row }) => row.segment) };
}

/** True for the row that is in use already, of a section that is made from nothing else. */
function isUntouched(row: Row, [used]: readonly Rows[]): boolean {
  return row.instance !== undefined && row === used?.[row.segment.index] && row.segment.declared.length === 0;
}

/** What the section in use was made from: parts of it that are made from the same stay. */
function madeBefore({ segment }: Row, [used]: readonly Rows[]): BoundBefore | undefined {
  const { instance } = used === undefined ? { instance: undefined } : rowOf(used, segment);
  const raw = used && sectionValue(used, segment, 'resolved');
  return instance !== undefined && isConfigMap(raw) ? { raw, instance } : undefined;
}

/** The instance that was made from the same values. */
function knownInstance({ segment }: Row, rows: Rows, known: readonly Rows[]): object | undefined {
  const found = known.find((old) => isMadeFromSame(segment, rows, old));
  return found && rowOf(found, segment).instance;
}

function isMadeFromSame(segment: Segment, rows: Rows, old: Rows): boolean {
  if (rowOf(rows, segment).resolved !== rowOf(old, segment).resolved) return false;
  return segment.declared.every((child) => isWholeSame(child, rows, old));
}

function isWholeSame(segment: Segment, rows: Rows, old: Rows): boolean {
  if (rowOf(rows, segment).resolved !== rowOf(old, segment).resolved) return false;
  return [...segment.children.values()].every((child) => isWholeSame(child, rows, old));
}

/** An instance that says the same, if in other words (`80` for `"80"`). */
function sameInstance(
  section: PlannedSection,
  { segment }: Row,
  instance: object,
  known: readonly Rows[],
): object | undefined {
  const olds = known.flatMap((rows) => rowOf(rows, segment).instance ?? []);
  return olds.find((old) => !instanceDiffers(section, old, instance));
}
