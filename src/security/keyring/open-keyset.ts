import { option, readOptions, type OptionKinds } from '../../core/index.js';
import { UNWRAP_OPTIONS } from './keyring-options.js';
import type { KeysetDocument } from './keyset-document.js';
import { entriesOf } from './keyset-document.js';
import type { KeysetOptions } from './keyset.js';
import type { Keyset } from './keyset.js';
import { keysetOf } from './keyset.js';
import type { UnwrapOptions } from './unwrap-entries.js';
import { unwrapEntries } from './unwrap-entries.js';

/** What {@link openKeyset} takes beside the document. */
export interface OpenKeysetOptions extends KeysetOptions, UnwrapOptions {}

const OPTIONS = { ...UNWRAP_OPTIONS, logger: option.logger } satisfies OptionKinds<OpenKeysetOptions>;

/**
 * The keyset of a document, its wrapped keys unwrapped. Throws a `ConfigError` with code `key-not-unwrapped`, or
 * `keyset-invalid` for a key that cannot be used. Subpath: `uno-config/keys`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * const keyset = await openKeyset(KeysetDocument.parse(body), { passphrase: 'correct horse battery staple' });
 * ```
 */
export async function openKeyset(document: KeysetDocument, options: OpenKeysetOptions = {}): Promise<Keyset> {
  readOptions('openKeyset', options, OPTIONS);
  const unwrapped = await unwrapEntries(document.name, entriesOf(document), options);
  return keysetOf(document, options, unwrapped);
}
