import type { KeysetDocument } from './keyset-document.js';
import { entriesOf } from './keyset-document.js';
import type { KeysetOptions } from './keyset.js';
import type { Keyset } from './keyset.js';
import { keysetOf } from './keyset.js';
import type { UnwrapOptions } from './unwrap-entries.js';
import { unwrapEntries } from './unwrap-entries.js';

/** What {@link openKeyset} takes beside the document. */
export interface OpenKeysetOptions extends KeysetOptions, UnwrapOptions {}

/**
 * The keyset of a document, its wrapped keys unwrapped. Throws a `ConfigError` with code `key-not-unwrapped`, or
 * `keyset-invalid` for a key that cannot be used. Subpath: `uno-config/keys`.
 *
 * @example
 * ```ts
 * const keyset = await openKeyset(KeysetDocument.parse(body), { passphrase: 'correct horse battery staple' });
 * ```
 */
export async function openKeyset(document: KeysetDocument, options: OpenKeysetOptions = {}): Promise<Keyset> {
  const unwrapped = await unwrapEntries(document.name, entriesOf(document), options);
  return keysetOf(document, options, unwrapped);
}
