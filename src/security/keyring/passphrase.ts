import { decryptGcm, encryptGcm, nodeCrypto } from '../cipher/index.js';
import type { KeyEntry, PassphraseMaterial, ScryptParameters } from './key-entry.js';

/** A passphrase, or a function that asks for it when it is needed. */
export type Passphrase = string | (() => string | Promise<string>);

/** What the key of a passphrase costs. One derivation takes 128 * N * r bytes of memory and a moment. */
export interface ScryptCost {
  /** A power of two from 2^14 to 2^20; 2^17 when absent, which is 128 MiB with the default block size. */
  readonly N?: number;
  /** 1 to 16; 8 when absent. */
  readonly r?: number;
  /** 1 to 4; 1 when absent. */
  readonly p?: number;
}

/** What parameters of scrypt are accepted, from a document as well as from a program. */
export const SCRYPT_LIMITS = Object.freeze({
  /** Of N. Less would make guessing a passphrase cheap. */
  leastCost: 2 ** 14,
  mostCost: 2 ** 20,
  mostBlockSize: 16,
  mostLanes: 4,
  /** Bytes: 128 * N * r. */
  mostMemory: 256 * 1024 * 1024,
});

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SALT_BYTES = 16;
const KEY_BYTES = 32;

/** Makes keys of one passphrase. Remembers them while a document is read or written, and zeroes them at the end. */
export class PassphraseKeys {
  readonly #passphrase: Passphrase;
  readonly #derived = new Map<string, Promise<Buffer>>();
  #text: Promise<string> | undefined;

  public constructor(passphrase: Passphrase) {
    this.#passphrase = passphrase;
  }

  public keyOf({ N, r, p, salt }: ScryptParameters): Promise<Buffer> {
    const id = [N, r, p, salt].join(' ');
    const derived = this.#derived.get(id) ?? this.#derive({ N, r, p, salt });
    this.#derived.set(id, derived);
    return derived;
  }

  public async forget(): Promise<void> {
    for (const derived of await Promise.allSettled(this.#derived.values())) {
      if (derived.status === 'fulfilled') derived.value.fill(0);
    }
    this.#derived.clear();
  }

  async #derive({ N, r, p, salt }: ScryptParameters): Promise<Buffer> {
    const ask = this.#passphrase;
    const text = await (this.#text ??= Promise.resolve(typeof ask === 'string' ? ask : ask()));
    if (typeof text !== 'string' || text === '') throw new TypeError('passphrase must be a text that is not empty.');
    // The same letters can be typed as different characters.
    const bytes = Buffer.from(text.normalize('NFC'), 'utf8');
    const options = { N, r, p, maxmem: 128 * N * r + 1024 * 1024 + 128 * r * p };
    return new Promise((resolve, reject) => {
      nodeCrypto().scrypt(bytes, Buffer.from(salt, 'base64'), KEY_BYTES, options, (error, key) => {
        bytes.fill(0);
        if (error === null) resolve(key);
        else reject(error);
      });
    });
  }
}

export function freshParameters({ N = 2 ** 17, r = 8, p = 1 }: ScryptCost = {}): ScryptParameters {
  const { leastCost, mostCost, mostBlockSize, mostLanes, mostMemory } = SCRYPT_LIMITS;
  const whole =
    [N, r, p].every(Number.isSafeInteger) && Number.isInteger(Math.log2(N)) && N >= leastCost && r >= 1 && p >= 1;
  if (!whole || N > mostCost || r > mostBlockSize || p > mostLanes || 128 * N * r > mostMemory) {
    throw new TypeError(
      'cost: N must be a power of two from 2^14 to 2^20, r 1 to 16, p 1 to 4, and 128 * N * r at most 256 MiB.',
    );
  }
  return { N, r, p, salt: nodeCrypto().randomBytes(SALT_BYTES).toString('base64') };
}

export function wrapUnder(
  key: Buffer,
  parameters: ScryptParameters,
  entry: BoundTo,
  secret: Uint8Array,
): PassphraseMaterial {
  const { nonce, ciphertext, tag } = encryptGcm(key, secret, boundTo(entry));
  const { N, r, p, salt } = parameters;
  return { kind: 'passphrase', N, r, p, salt, wrapped: Buffer.concat([nonce, ciphertext, tag]).toString('base64') };
}

/** The key that was wrapped; undefined when it was wrapped under another passphrase or for another entry. */
export function unwrapUnder(key: Buffer, material: PassphraseMaterial, entry: BoundTo): Buffer | undefined {
  const bytes = Buffer.from(material.wrapped, 'base64');
  if (bytes.length !== NONCE_BYTES + KEY_BYTES + TAG_BYTES) return undefined;
  const parts = {
    nonce: bytes.subarray(0, NONCE_BYTES),
    ciphertext: bytes.subarray(NONCE_BYTES, -TAG_BYTES),
    tag: bytes.subarray(-TAG_BYTES),
  };
  return decryptGcm(key, parts, boundTo(entry));
}

type BoundTo = Pick<KeyEntry, 'kid' | 'use'>;

/** A wrapped key that is moved to another name or use does not unwrap. */
function boundTo({ kid, use }: BoundTo): Buffer {
  return Buffer.from(JSON.stringify(['uno-config wrapped key', 1, kid, use]), 'utf8');
}
