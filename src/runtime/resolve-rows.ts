import type { ConfigIssue, Formula, KnownFormulas } from '../core/index.js';
import { fileReferences, formatPath, Interpolator, sameValue, UNRESOLVED, valueAt } from '../core/index.js';
import { withPins } from './pins.js';
import type { FileName } from './reference-files.js';
import { folderOf, isTemplate, referenceScope, type ScopeOptions } from './reference-scope.js';
import { NO_FILES, NO_FORMULAS, NO_PATHS, rowOf, segmentAt, type Part, type Row, type Rows } from './rows/index.js';
import type { Traceable } from './trace-setting.js';

/** What was resolved before. */
export interface ResolvedBefore {
  readonly rows: Rows;
  readonly groups: ReadonlyMap<string, unknown>;
}

/** What the references came to. */
export interface ResolvedRows extends ResolvedBefore {
  readonly issues: readonly ConfigIssue[];
}

/** The rows with the files that their references name; to be read before anything is resolved. */
export function nameFiles(from: Traceable, before?: Rows): Rows {
  return from.rows.map((row, index) => {
    const old = before?.[index];
    if (row.parts === old?.parts) return row;
    const files = row.parts.some(holdsReferences) ? filesIn(row, from) : NO_FILES;
    return sameValue(files, row.files) ? row : { ...row, files };
  });
}

function filesIn({ merged, parts, segment }: Row, from: Traceable): readonly FileName[] {
  const named = fileReferences(merged, placeOf(merged, parts) ?? segment.path, (at) => isTemplate(from, at));
  return named.map(({ name, at }) => ({ name, folder: folderOf(from, at) }));
}

/**
 * Resolves the references of all rows. A row is what it was when what stands in it is the same and every formula of it
 * would be told the same.
 *
 * @param options `from.rows` with all that comes before references, and what `before` came to in the later cells
 */
export function resolveRows(options: ScopeOptions, before?: ResolvedBefore): ResolvedRows {
  const { from } = options;
  const known: KnownFormulas = {
    formula: (path, id) => before && rowOf(before.rows, segmentAt(from.plan.root, path)).formulas.get(id),
    group: (id) => before?.groups.get(id),
  };
  const interpolator = new Interpolator(referenceScope(options), known);
  const rows = from.rows.map((row, index) => resolveRow(row, before?.rows[index], interpolator));
  return { rows, groups: interpolator.groups, issues: interpolator.issues };
}

/** Rows in which the pinned fields have the values that they keep, and references to them see those. */
export function pinRows(wanted: Rows, scope: ScopeOptions, groups: ReadonlyMap<string, unknown>): Rows {
  const { from, pins } = scope;
  const { rows } = resolveRows({ ...scope, from: { ...from, rows: wanted } }, { rows: wanted, groups });
  return rows.map((row) => {
    const own = pins.filter((pin) => segmentAt(from.plan.root, pin.path) === row.segment);
    if (own.length === 0) return row;
    // Built from a secret, what stays is one.
    const tainted = own.filter(({ isTainted }) => isTainted).map((pin) => formatPath(pin.path));
    const resolved = withPins(row.resolved, row.segment.path, own);
    return { ...row, resolved, tainted: new Set([...row.tainted, ...tainted]) };
  });
}

function resolveRow(row: Row, old: Row | undefined, interpolator: Interpolator): Row {
  const { segment, parts, opened } = row;
  if (!parts.some(holdsReferences)) return withResolved(row, opened, NO_FORMULAS);
  if (old?.parts === parts && old.opened === opened && interpolator.holds(old.formulas)) {
    return withResolved(row, old.resolved, old.formulas);
  }
  const place = placeOf(opened, parts);
  const { value, formulas } = interpolator.resolve(opened, place ?? segment.path);
  const brought =
    place === undefined || value === UNRESOLVED ? value : valueAt(value, segment.path.slice(place.length));
  return withResolved(row, old !== undefined && sameValue(old.resolved, brought) ? old.resolved : brought, formulas);
}

/** Where a text stands that speaks for a whole segment. */
function placeOf(value: unknown, parts: readonly Part[]): Part['path'] | undefined {
  return typeof value === 'string' ? parts.findLast(({ tree }) => tree === value)?.path : undefined;
}

function withResolved(row: Row, resolved: unknown, formulas: ReadonlyMap<string, Formula>): Row {
  if (row.resolved === resolved && row.formulas === formulas) return row;
  const tainted = [...formulas.values()].flatMap((formula) => [...formula.tainted]);
  return { ...row, resolved, formulas, tainted: tainted.length === 0 ? NO_PATHS : new Set(tainted) };
}

function holdsReferences(part: Part): boolean {
  return part.holdsReferences;
}
