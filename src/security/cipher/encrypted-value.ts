import type { KeyObject } from 'node:crypto';
import { ConfigError } from '../../core/index.js';
import { decryptGcm, encryptGcm } from './aes-gcm.js';
import { encryptHeader, sealHeader } from './header.js';
import { agreeOnKey, pointOf, publicKeyOf } from './key-agreement.js';
import { nodeCrypto } from './node-crypto.js';
import { type Token, writeToken } from './token.js';

/** Encrypts with a shared key of 256 bits: `dir` with A256GCM. */
export function encryptValue(key: KeyObject, kid: string, plaintext: Uint8Array, cfg: string): string {
  const encodedHeader = encryptHeader(kid, cfg);
  return writeToken({ encodedHeader, ...encryptGcm(key, plaintext, Buffer.from(encodedHeader, 'latin1')) });
}

/** Encrypts for the holder of a private key: `ECDH-ES` over X25519 with A256GCM. Undefined for a point of low order. */
export function sealValue(recipient: KeyObject, kid: string, plaintext: Uint8Array, cfg: string): string | undefined {
  const { privateKey, publicKey } = nodeCrypto().generateKeyPairSync('x25519');
  const key = agreeOnKey(privateKey, recipient);
  if (key === undefined) return undefined;
  const encodedHeader = sealHeader(kid, cfg, pointOf(publicKey));
  try {
    return writeToken({ encodedHeader, ...encryptGcm(key, plaintext, Buffer.from(encodedHeader, 'latin1')) });
  } finally {
    key.fill(0);
  }
}

/** The plaintext of a token, for which `key` is the shared or the private key; undefined when it does not open. */
export function openValue(key: KeyObject, token: Token): Buffer | undefined {
  const additional = Buffer.from(token.encodedHeader, 'latin1');
  const { epk } = token.header;
  if (epk === undefined) return decryptGcm(key, token, additional);
  const agreed = agreeOnKey(key, publicKeyOf(epk));
  if (agreed === undefined) return undefined;
  try {
    return decryptGcm(agreed, token, additional);
  } finally {
    agreed.fill(0);
  }
}

/**
 * The one error of everything that cannot be opened. Whoever can hand in tokens must not learn from it how far one got,
 * so there is one text, and no cause.
 */
export function notOpened(): ConfigError {
  return new ConfigError({
    code: 'secret-not-opened',
    message: 'An encrypted value could not be opened.',
    recovery: 'Encrypt it again for its path, with a key of the keyring; check that the keyring has its key.',
  });
}
