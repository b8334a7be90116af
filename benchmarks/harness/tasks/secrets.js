// What happens inside a process that measures encrypted values: ours, Node's own cryptography alone, and jose.
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
} from 'node:crypto';
import { importBuilt, peerVersion } from '../packages.js';
import { timeLoops } from '../tight-loop.js';

const VALUE = Buffer.alloc(32, 'secret of 32 bytes ');
const GCM = { authTagLength: 16 };

/** Nanoseconds to encrypt a value with a shared key. */
export async function timeEncrypt() {
  const { keyset, cfg, key, jose, joseKey, header } = await world();
  return timeLoops({
    ours: each(() => keyset.encrypt(VALUE, cfg)),
    node: each(() => seal(key, VALUE).ciphertext),
    ...(jose && {
      jose: eachAwaited(() => new jose.CompactEncrypt(VALUE).setProtectedHeader(header).encrypt(joseKey)),
    }),
  });
}

/** Nanoseconds to open a value that was encrypted with a shared key; our scope is checked as well. */
export async function timeOpen() {
  const { keyset, cfg, key, jose, joseKey } = await world();
  const token = keyset.encrypt(VALUE, cfg);
  const accepted = [cfg];
  const sealed = seal(key, VALUE);
  const compact = token.slice(token.indexOf('}') + 1);
  return timeLoops({
    ours: each(() => keyset.open(token, accepted).bytes),
    node: each(() => unseal(key, sealed)),
    ...(jose && { jose: eachAwaited(async () => (await jose.compactDecrypt(compact, joseKey)).plaintext) }),
  });
}

/** Nanoseconds to open a value that was sealed for the holder of a private key. */
export async function timeOpenSealed() {
  const { keyset, cfg, jose, privateKey } = await world();
  const token = keyset.seal(VALUE, cfg);
  const accepted = [cfg];
  const compact = token.slice(token.indexOf('}') + 1);
  const sender = generateKeyPairSync('x25519');
  const recipient = generateKeyPairSync('x25519');
  const x = sender.publicKey.export({ format: 'jwk' });
  const sealed = seal(agree(sender.privateKey, recipient.publicKey), VALUE);
  const josePrivate = jose && (await jose.importJWK(privateKey, 'ECDH-ES'));
  return timeLoops({
    ours: each(() => keyset.open(token, accepted).bytes),
    node: each(() => unseal(agree(recipient.privateKey, createPublicKey({ key: x, format: 'jwk' })), sealed)),
    ...(jose && { jose: eachAwaited(async () => (await jose.compactDecrypt(compact, josePrivate)).plaintext) }),
  });
}

async function world() {
  const { generateKeyset, Keyset, scopeHash } = await importBuilt('keys.js');
  const document = generateKeyset('orders');
  const keyset = Keyset.of(document);
  const [shared, privateKey] = JSON.parse(document.toText()).keys;
  const bytes = Buffer.from(shared.k, 'base64url');
  const cfg = scopeHash({ app: 'orders', environment: 'production', path: 'database.password' });
  const jose = peerVersion('jose') === undefined ? undefined : await import('jose');
  // The form of a key that jose is quickest with.
  const joseKey = await globalThis.crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
  const header = { alg: 'dir', enc: 'A256GCM', kid: shared.kid, cfg };
  return { keyset, cfg, key: createSecretKey(bytes), jose, joseKey, header, privateKey };
}

function seal(key, value) {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, GCM);
  const ciphertext = cipher.update(value);
  cipher.final();
  return { nonce, ciphertext, tag: cipher.getAuthTag() };
}

function unseal(key, { nonce, ciphertext, tag }) {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, GCM).setAuthTag(tag);
  const value = decipher.update(ciphertext);
  decipher.final();
  return value;
}

function agree(privateKey, publicKey) {
  return createHash('sha256').update(diffieHellman({ privateKey, publicKey })).digest();
}

function each(make) {
  return (turns) => {
    let sum = 0;
    for (let turn = 0; turn < turns; turn += 1) sum += make().length;
    return sum;
  };
}

function eachAwaited(make) {
  return async (turns) => {
    let sum = 0;
    for (let turn = 0; turn < turns; turn += 1) sum += (await make()).length;
    return sum;
  };
}
