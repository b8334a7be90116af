import { Keyset, scopeHash, type Keyring, type SecretScope } from '../../../src/security/index.js';
import { generateKeyset, rotateKey } from '../../security/keysets.js';

/** A keyring in memory, whose keys can be rotated, and what it encrypts for the application `orders`. */
export class MemoryKeyring implements Keyring {
  readonly name = 'keyring in memory';
  #document = generateKeyset('orders');
  #keyset = Keyset.of(this.#document);

  async load(): Promise<Keyset> {
    return Promise.resolve(this.#keyset);
  }

  rotate(): void {
    this.#document = rotateKey(this.#document, 'encrypt');
    this.#keyset = Keyset.of(this.#document);
  }

  /** Keys that open nothing of what was made before. */
  replace(): void {
    this.#document = generateKeyset('orders');
    this.#keyset = Keyset.of(this.#document);
  }

  encrypt(text: string, path: string, environment = 'test'): string {
    return this.forScope(text, { app: 'orders', environment, path });
  }

  forScope(text: string, scope: SecretScope): string {
    return this.#keyset.encrypt(Buffer.from(text), scopeHash(scope));
  }

  seal(text: string, path: string, environment = 'test'): string {
    return this.#keyset.seal(Buffer.from(text), scopeHash({ app: 'orders', environment, path }));
  }
}
