import {
  type Formula,
  type ReferenceIssue,
  fileReferences,
  formatPath,
  Interpolator,
  sameValue,
  sharing,
  UNRESOLVED,
  valueAt,
} from '../../core/index.js';
import type { Finding } from '../../binding/index.js';
import type { GenerationFacts } from '../generation/index.js';
import type { LoadPlan } from '../plan/index.js';
import { SecretOpener } from '../secrets/index.js';
import { withPins } from './pins.js';
import {
  type FileAnswer,
  type FileName,
  type FileReach,
  type GatheredRows,
  NO_FILES,
  NO_FORMULAS,
  mountedValues,
  rowOf,
  byIndex,
  segmentAt,
  withRows,
  type Part,
  type Reading,
  type Row,
  type RowLookup,
  type Rows,
  type Segment,
  type Traceable,
} from '../rows/index.js';
import { folderOf, isTemplate, referenceScope, type ScopeOptions } from './reference-scope.js';

/** Rows with what is encrypted opened; those without references are resolved with that. */
export interface OpenedRows {
  readonly rows: Rows;
  readonly issues: readonly Finding[];
  /** See `SecretOpener`. */
  readonly renewals: readonly (() => void)[];
}

/**
 * Opens the encrypted values that win.
 *
 * @param keysMoved true when what was opened before was under other keys
 */
export function openRows(
  { rows, touched }: GatheredRows,
  { secrets, segments }: Pick<LoadPlan, 'secrets' | 'segments'>,
  keysMoved: boolean,
  before?: Rows,
): OpenedRows {
  const due = keysMoved ? segments : touched;
  const isSealed = due.some((segment) => rowOf(rows, segment).parts.some(holdsSecrets));
  const opener = isSealed ? new SecretOpener(secrets, keysMoved) : undefined;
  const opened = withRows(rows, due, (row) => openRow(row, before?.[row.segment.index], opener));
  return { rows: opened, issues: opener?.issues ?? [], renewals: opener?.renewals ?? [] };
}

/**
 * A row with what is encrypted opened; what did not change since stays opened.
 *
 * @param opener absent where nothing is encrypted
 */
export function openRow(row: Row, old: Row | undefined, opener: SecretOpener | undefined): Row {
  const { merged, parts, segment } = row;
  const { path, schema } = segment;
  if (opener === undefined || !parts.some(holdsSecrets)) return withOpened(row, merged);
  return withOpened(row, opener.open({ tree: merged, path, schema, was: old?.merged, opened: old?.opened }));
}

/** A row with another opened tree, which is what it comes to where nothing in it is a reference. */
export function withOpened(row: Row, opened: unknown): Row {
  if (row.parts.some(holdsReferences)) return opened === row.opened ? row : { ...row, opened };
  const found = mountedValues(row);
  const isSame = row.opened === opened && row.resolved === opened && row.files === NO_FILES;
  const tainted = sameSet(row.tainted, found) ? row.tainted : found;
  if (isSame && row.formulas === NO_FORMULAS && row.tainted === tainted) return row;
  return { ...row, opened, files: NO_FILES, formulas: NO_FORMULAS, tainted, resolved: opened };
}

/** What was resolved before. */
export interface ResolvedBefore {
  readonly rows: RowLookup;
  readonly groups: ReadonlyMap<string, unknown>;
}

/** What the references came to. */
export interface ResolvedRows {
  readonly rows: Rows;
  /** The segments whose rows have references, in their order. */
  readonly referring: readonly Segment[];
  readonly files: ReadonlyMap<string, FileAnswer>;
  readonly groups: ReadonlyMap<string, unknown>;
  readonly issues: readonly ReferenceIssue[];
}

/** What {@link resolveRows} needs besides the rows. */
export interface ResolveRequest {
  /** The segments with changed values. */
  readonly touched: readonly Segment[];
  readonly plan: LoadPlan;
  readonly readings: readonly Reading[];
  readonly env: ScopeOptions['env'];
  /** How the files are read that references name. */
  readonly reach: FileReach;
  readonly before: GenerationFacts | undefined;
}

/** Resolves the references of rows, which may read from each other, and from files that are read before. */
export async function resolveRows(rows: Rows, request: ResolveRequest): Promise<ResolvedRows> {
  const { touched, plan, reach, before } = request;
  const referring = referringIn(rows, touched, before?.referring);
  if (referring.length > 0) return resolveReferring(rows, referring, request);
  return { rows, referring, files: await plan.files.read([], reach), groups: NO_GROUPS, issues: [] };
}

async function resolveReferring(
  rows: Rows,
  referring: readonly Segment[],
  { touched, plan, readings, env, reach, before }: ResolveRequest,
): Promise<ResolvedRows> {
  const from = { rows, readings, plan };
  const named = withRows(rows, touched, (row) => {
    const files = filesIn(row, from);
    return sameValue(files, row.files) ? row : { ...row, files };
  });
  const names = referring.flatMap((segment) => rowOf(named, segment).files);
  const files = await plan.files.read(names, reach);
  const scope = { from: { rows: named, readings, plan }, env, files, pins: [] };
  const resolver = new RowResolver(scope, before && { rows: before.wanted, groups: before.groups });
  const resolved = withRows(named, referring, (row) => resolver.resolve(row, before?.wanted[row.segment.index]));
  return { rows: resolved, referring, files, groups: resolver.groups, issues: resolver.issues };
}

const NO_GROUPS: ReadonlyMap<string, unknown> = new Map();

/** The files that the references of a row name. */
export function filesIn({ merged, parts, segment }: Row, from: Traceable): readonly FileName[] {
  if (!parts.some(holdsReferences)) return NO_FILES;
  const named = fileReferences(merged, placeOf(merged, parts) ?? segment.path, (at) => isTemplate(from, at));
  return named.map(({ name, at }) => ({ name, folder: folderOf(from, at) }));
}

function referringIn(rows: Rows, touched: readonly Segment[], before?: readonly Segment[]): readonly Segment[] {
  if (touched.length === 0 && before !== undefined) return before;
  const changed = new Set(touched);
  const kept = before?.filter((segment) => !changed.has(segment)) ?? [];
  const fresh = touched.filter((segment) => rowOf(rows, segment).parts.some(holdsReferences));
  return fresh.length === 0 ? kept : [...kept, ...fresh].sort(byIndex);
}

/** A row that is resolved, in which the pinned fields have the values that they keep. */
export function pinnedRow(row: Row, { from, pins }: ScopeOptions): Row {
  const own = pins.filter((pin) => segmentAt(from.plan.root, pin.path) === row.segment);
  if (own.length === 0) return row;
  // Built from a secret, what stays is one.
  const tainted = own.filter(({ isTainted }) => isTainted).map((pin) => formatPath(pin.path));
  const resolved = withPins(row.resolved, row.segment.path, own);
  return { ...row, resolved, tainted: new Set([...row.tainted, ...tainted]) };
}

/** Resolves the references of rows that see each other. */
export class RowResolver {
  readonly #interpolator: Interpolator;

  public constructor(options: ScopeOptions, before?: ResolvedBefore) {
    const { root } = options.from.plan;
    this.#interpolator = new Interpolator(referenceScope(options), {
      formula: (path, id) => before && rowOf(before.rows, segmentAt(root, path)).formulas.get(id),
      group: (id) => before?.groups.get(id),
    });
  }

  public get issues(): readonly ReferenceIssue[] {
    return this.#interpolator.issues;
  }

  public get groups(): ReadonlyMap<string, unknown> {
    return this.#interpolator.groups;
  }

  /**
   * A row with its references resolved. Its result is the same when its content is the same and every formula of it would
   * read the same values.
   *
   * @param row with all that comes before references, and the results of `old` in the later cells
   */
  public resolve(row: Row, old?: Row): Row {
    const { segment, parts, opened } = row;
    if (row === old && row.formulas.size === 0) return row;
    if (!parts.some(holdsReferences)) return row;
    if (old?.parts === parts && old.opened === opened && this.#interpolator.holds(old.formulas)) {
      return withResolved(row, old.resolved, old.formulas);
    }
    const place = placeOf(opened, parts);
    const { value, formulas } = this.#interpolator.resolve(opened, place ?? segment.path);
    const brought =
      place === undefined || value === UNRESOLVED ? value : valueAt(value, segment.path.slice(place.length));
    return withResolved(row, sharing(old?.resolved, brought), formulas);
  }
}

/** The path of a string that determines a whole segment. */
function placeOf(value: unknown, parts: readonly Part[]): Part['path'] | undefined {
  return typeof value === 'string' ? parts.findLast(({ tree }) => tree === value)?.path : undefined;
}

function withResolved(row: Row, resolved: unknown, formulas: ReadonlyMap<string, Formula>): Row {
  const built = [...formulas.values()].flatMap((formula) => [...formula.tainted]);
  const mounted = mountedValues(row);
  const tainted = built.length === 0 ? mounted : new Set([...built, ...mounted]);
  if (row.resolved === resolved && row.formulas === formulas && sameSet(row.tainted, tainted)) return row;
  return { ...row, resolved, formulas, tainted };
}

function sameSet(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one === other || (one.size === other.size && [...one].every((path) => other.has(path)));
}

function holdsReferences(part: Part): boolean {
  return part.holdsReferences;
}

function holdsSecrets(part: Part): boolean {
  return part.holdsSecrets;
}
