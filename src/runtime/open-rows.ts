import type { Finding } from '../binding/index.js';
import { type Row, type Rows } from './rows/index.js';
import { SecretOpener, type SecretSession } from './secrets/index.js';

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
    const opened = openedValue(row, before?.[index], opener);
    return opened === row.opened ? row : { ...row, opened };
  });
  return { rows, issues: opener.issues, renewals: opener.renewals };
}

function openedValue({ merged, parts, segment }: Row, old: Row | undefined, opener: SecretOpener): unknown {
  if (!parts.some(({ holdsSecrets }) => holdsSecrets)) return merged;
  const { path, schema } = segment;
  return opener.open({ tree: merged, path, schema, was: old?.merged, opened: old?.opened });
}
