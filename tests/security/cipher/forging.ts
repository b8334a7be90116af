import {
  createCipheriv,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
} from 'node:crypto';
import type { KeysetDocument } from '../../../src/security/index.js';
import { TOKEN_PREFIX } from '../../../src/security/index.js';
import { jsonOf } from '../keysets.js';

/** A token that is authentic under this key, whatever its header says. */
export function tokenUnder(key: Uint8Array, header: string, text: string): string {
  const encoded = Buffer.from(header).toString('base64url');
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(encoded));
  const ciphertext = Buffer.concat([cipher.update(text), cipher.final()]);
  const parts = [nonce, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url'));
  return `${TOKEN_PREFIX}${encoded}..${parts.join('.')}`;
}

/** What RFC 7518 makes of an agreed secret, written down here once more. */
export function contentKey(agreed: Uint8Array): Buffer {
  const info = Buffer.from('\0\0\0\x07A256GCM\0\0\0\0\0\0\0\0\0\0\x01\0', 'latin1');
  return createHash('sha256')
    .update(Uint8Array.of(0, 0, 0, 1))
    .update(agreed)
    .update(info)
    .digest();
}

/** A token as somebody could make it who has the key: authentic, with a header of any text. */
export function forged(document: KeysetDocument, use: 'encrypt' | 'seal', header: string, text: string): string {
  const { keys } = jsonOf(document);
  if (use === 'encrypt') return tokenUnder(Buffer.from(String(keys[0]?.['k']), 'base64url'), header, text);
  const sender = generateKeyPairSync('x25519');
  const x = String(keys[1]?.['x']);
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' });
  const key = contentKey(diffieHellman({ privateKey: sender.privateKey, publicKey }));
  const point = sender.publicKey.export({ format: 'jwk' }).x ?? '';
  return tokenUnder(key, header.replace(/"x":"[^"]*"/, `"x":"${point}"`), text);
}
