// cipher: one value to one token and back. A token is `{jwe}` and a JWE in compact form, bound to its place by `cfg`.
//
//   plaintext, key, scope -> header -> AES-256-GCM (key shared, or agreed on by X25519) -> {jwe}header..nonce.text.tag
export { decryptGcm, encryptGcm } from './aes-gcm.js';
export { fromBase64url } from './header.js';
export { encryptValue, openValue, sealValue } from './encrypted-value.js';
export { pointOf, publicKeyOf } from './key-agreement.js';
export { isKeyId, keyIdOf } from './key-id.js';
export { nodeCrypto } from './node-crypto.js';
export { notOpened } from './encrypted-value.js';
export * from './scope.js';
export { isToken, LARGEST_PLAINTEXT, readToken } from './token.js';
