import { nodeCrypto } from '../cipher/index.js';
import type { Keyset } from './keyset.js';
import { KeysetDocument } from './keyset-document.js';
import type { KeyringContext, KeyringOptions } from './keyring.js';
import { openKeyset } from './open-keyset.js';

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
