import type { KeyObject } from 'node:crypto';
import { nodeCrypto } from './node-crypto.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG = { authTagLength: 16 };

export interface Encrypted {
  /** 96 bits, random. */
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
  /** 128 bits. */
  readonly tag: Buffer;
}

/** Encrypts under a fresh random nonce; `additional` is authenticated along. */
export function encryptGcm(key: KeyObject | Uint8Array, plaintext: Uint8Array, additional: Uint8Array): Encrypted {
  const { createCipheriv, randomBytes } = nodeCrypto();
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, TAG).setAAD(additional);
  const ciphertext = cipher.update(plaintext);
  // Of a stream cipher nothing is left for the end.
  cipher.final();
  return { nonce, ciphertext, tag: cipher.getAuthTag() };
}

/** The plaintext in a buffer of its own; undefined when anything at all is not as it was encrypted. */
export function decryptGcm(
  key: KeyObject | Uint8Array,
  { nonce, ciphertext, tag }: Encrypted,
  additional: Uint8Array,
): Buffer | undefined {
  const decipher = nodeCrypto().createDecipheriv(ALGORITHM, key, nonce, TAG).setAAD(additional).setAuthTag(tag);
  const plaintext = decipher.update(ciphertext);
  try {
    decipher.final();
    return plaintext;
  } catch {
    // Not authentic; what was decrypted so far must not be seen.
    plaintext.fill(0);
    return undefined;
  }
}
