import { nodeCrypto } from './node-crypto.js';

const KEY_ID = /^[A-Za-z0-9][A-Za-z0-9._~:/-]{0,127}$/;

/** True for what may name a key: up to 128 characters that mean nothing in JSON, URLs and shells. */
export function isKeyId(text: unknown): text is string {
  return typeof text === 'string' && KEY_ID.test(text);
}

/**
 * An id for a new key of a keyset, from the key itself: the first 96 bits of its thumbprint (RFC 7638), so that whoever
 * makes keys apart from each other never gives one id to two. `x` is a public half; `k` the bytes of a shared key, which
 * 256 random bits keep out of reach of the hash.
 */
export function keyIdOf(keyset: string, key: { readonly k: string } | { readonly x: string }): string {
  // The members that a thumbprint needs, in the order that it needs.
  const members = 'k' in key ? { k: key.k, kty: 'oct' } : { crv: 'X25519', kty: 'OKP', x: key.x };
  const thumbprint = nodeCrypto().createHash('sha256').update(JSON.stringify(members)).digest('base64url');
  return `${keyset}/${thumbprint.slice(0, 16)}`;
}
