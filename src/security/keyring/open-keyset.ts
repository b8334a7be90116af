import { option, readOptions, type OptionKinds } from '../../core/index.js';
import { nodeCrypto } from '../cipher/index.js';
import { UNWRAP_OPTIONS, type KeyringContext, type KeyringOptions } from './keyring.js';
import { KeysetDocument, entriesOf } from './keyset-document.js';
import { type KeysetOptions, type Keyset, keysetOf } from './keyset.js';
import { type UnwrapOptions, unwrapEntries } from './unwrap-entries.js';

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

/** Remembers the keyset of a keyring, and gives it again until its document says something else. */
export class KeptKeyset {
  readonly #place: string;
  readonly #options: KeyringOptions;
  #kept: { readonly digest: string; readonly keyset: Keyset } | undefined;

  public constructor(place: string, options: KeyringOptions) {
    this.#place = place;
    this.#options = options;
  }

  /** The keyset of a document. A Buffer is zeroed. */
  public async of(content: string | Buffer, { signal, logger }: KeyringContext): Promise<Keyset> {
    try {
      const digest = nodeCrypto().createHash('sha256').update(content).digest('base64');
      if (this.#kept?.digest === digest) return this.#kept.keyset;
      const document = KeysetDocument.parse(content, this.#place);
      const { passphrase, providers = [] } = this.#options;
      const keyset = await openKeyset(document, {
        signal,
        logger,
        providers,
        ...(passphrase !== undefined && { passphrase }),
      });
      // Only what could be opened is remembered: a provider that was away is asked again.
      this.#kept = { digest, keyset };
      return keyset;
    } finally {
      if (typeof content !== 'string') content.fill(0);
    }
  }
}
