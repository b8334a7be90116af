import type { KeyObject } from 'node:crypto';
import { nodeCrypto } from './node-crypto.js';

// RFC 7518, 4.6.2: round 1 of 1, the agreed secret, then AlgorithmID, two empty PartyInfos and the length in bits.
const ROUND = Uint8Array.of(0, 0, 0, 1);
const ALGORITHM_ID = 'A256GCM';
const OTHER_INFO = Uint8Array.from([0, 0, 0, 7, ...Buffer.from(ALGORITHM_ID), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);

/** A key agreed on by ECDH-ES over X25519, 32 bytes to be zeroed after use; undefined for a point of low order. */
export function agreeOnKey(privateKey: KeyObject, publicKey: KeyObject): Buffer | undefined {
  const { createHash, diffieHellman } = nodeCrypto();
  let agreed: Buffer;
  try {
    agreed = diffieHellman({ privateKey, publicKey });
  } catch {
    // OpenSSL refuses to agree on zeros, which is what every point of low order leads to.
    return undefined;
  }
  const zeros = agreed.every((byte) => byte === 0);
  const key = zeros ? undefined : createHash('sha256').update(ROUND).update(agreed).update(OTHER_INFO).digest();
  agreed.fill(0);
  return key;
}

/** A public key of X25519 from its 32 bytes in base64url. */
export function publicKeyOf(x: string): KeyObject {
  return nodeCrypto().createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' });
}

/** The 32 bytes of a public key of X25519 in base64url. */
export function pointOf(publicKey: KeyObject): string {
  // They are the end of its DER.
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64url');
}
