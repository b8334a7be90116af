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
import { withPins } from './pins.js';
import {
  type FileName,
  NO_FILES,
  NO_FORMULAS,
  mountedValues,
  rowOf,
  byIndex,
  segmentAt,
  withRows,
  type Part,
  type Row,
  type RowLookup,
  type Rows,
  type Segment,
  type Traceable,
} from '../rows/index.js';
import { folderOf, isTemplate, referenceScope, type ScopeOptions } from './reference-scope.js';

/** What was resolved before. */
export interface ResolvedBefore {
  readonly rows: RowLookup;
  readonly groups: ReadonlyMap<string, unknown>;
}

/** What the references came to. */
export interface ResolvedRows {
  readonly rows: Rows;
  readonly groups: ReadonlyMap<string, unknown>;
  readonly issues: readonly ReferenceIssue[];
}

/** The rows with the files that their references name; to be read before anything is resolved. */
export function nameFiles(rows: Rows, touched: readonly Segment[], from: Traceable): Rows {
  return withRows(rows, touched, (row) => {
    const files = filesIn(row, from);
    return sameValue(files, row.files) ? row : { ...row, files };
  });
}

/** The files that the references of a row name. */
export function filesIn({ merged, parts, segment }: Row, from: Traceable): readonly FileName[] {
  if (!parts.some(holdsReferences)) return NO_FILES;
  const named = fileReferences(merged, placeOf(merged, parts) ?? segment.path, (at) => isTemplate(from, at));
  return named.map(({ name, at }) => ({ name, folder: folderOf(from, at) }));
}

/**
 * Resolves the references of rows: of those that are others than before, and of those with references, which may read
 * from the former.
 *
 * @param before what they came to before
 */
export function resolveRows(
  rows: Rows,
  segments: Iterable<Segment>,
  options: ScopeOptions,
  before?: ResolvedBefore & { readonly rows: Rows },
): ResolvedRows {
  const resolver = new RowResolver(options, before);
  const resolved = withRows(rows, segments, (row) => resolver.resolve(row, before?.rows[row.segment.index]));
  return { rows: resolved, groups: resolver.groups, issues: resolver.issues };
}

/** The segments whose rows have references, in their order. */
export function referringIn(rows: Rows, touched: readonly Segment[], before?: readonly Segment[]): readonly Segment[] {
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
   * A row with its references resolved. It comes to what it came to when what stands in it is the same and every formula
   * of it would be told the same.
   *
   * @param row with all that comes before references, and what `old` came to in the later cells
   */
  public resolve(row: Row, old?: Row): Row {
    const { segment, parts, opened } = row;
    if (row === old && row.formulas.size === 0) return row;
    if (!parts.some(holdsReferences)) return withResolved(row, opened, NO_FORMULAS);
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

/** Where a text stands that speaks for a whole segment. */
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
