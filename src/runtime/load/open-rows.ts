import type { Finding } from '../../binding/index.js';
import type { Row, Rows } from '../rows/index.js';
import { SecretOpener, type SecretSession } from '../secrets/index.js';

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
export function openRows(merged: Rows, session: SecretSession, keysMoved: boolean, before?: Rows): OpenedRows {
  const opener = new SecretOpener(session, keysMoved);
  const rows = merged.map((row, index) => {
    const old = before?.[index];
    return row === old && !keysMoved ? row : openRow(row, old, opener);
  });
  return { rows, issues: opener.issues, renewals: opener.renewals };
}

/** A row with what is encrypted opened; what did not change since stays opened. */
export function openRow(row: Row, old: Row | undefined, opener: SecretOpener): Row {
  const { merged, parts, segment } = row;
  const { path, schema } = segment;
  const isSealed = parts.some(({ holdsSecrets }) => holdsSecrets);
  const opened = isSealed ? opener.open({ tree: merged, path, schema, was: old?.merged, opened: old?.opened }) : merged;
  return opened === row.opened ? row : { ...row, opened };
}
