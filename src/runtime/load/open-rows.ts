import type { Finding } from '../../binding/index.js';
import type { LoadPlan } from '../plan/index.js';
import { type GatheredRows, type Row, type Rows, withRows } from '../rows/index.js';
import { SecretOpener } from '../secrets/index.js';

/** Rows with what is encrypted opened. */
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
  const opener = new SecretOpener(secrets, keysMoved);
  const opened = withRows(rows, keysMoved ? segments : touched, (row) =>
    openRow(row, before?.[row.segment.index], opener),
  );
  return { rows: opened, issues: opener.issues, renewals: opener.renewals };
}

/** A row with what is encrypted opened; what did not change since stays opened. */
export function openRow(row: Row, old: Row | undefined, opener: SecretOpener): Row {
  const { merged, parts, segment } = row;
  const { path, schema } = segment;
  const isSealed = parts.some(({ holdsSecrets }) => holdsSecrets);
  const opened = isSealed ? opener.open({ tree: merged, path, schema, was: old?.merged, opened: old?.opened }) : merged;
  return opened === row.opened ? row : { ...row, opened };
}
