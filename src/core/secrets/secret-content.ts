import type * as Crypto from 'node:crypto';
import type { SecretForm } from './secret-gate.js';

/**
 * How a secret is held in memory. `text`: as it came, which costs nothing. `key`: outside the heap, where no snapshot of
 * it shows. `sealed`: as ciphertext, which is opened anew for each use. `kid` is the id of the key that it was encrypted
 * under where it came from, if it was.
 */
export type SecretContent =
  | { readonly kind: 'text'; readonly text: string; readonly kid?: string }
  | { readonly kind: 'key'; readonly key: Crypto.KeyObject; readonly kid?: string }
  | SealedContent;

/** Ciphertext in memory, and what opens it for each use. */
export class SealedContent {
  public readonly kind = 'sealed';
  #open: () => Buffer;
  #kid: string | undefined;

  public constructor(open: () => Buffer, kid?: string) {
    this.#open = open;
    this.#kid = kid;
  }

  public get kid(): string | undefined {
    return this.#kid;
  }

  public open(): Buffer {
    return this.#open();
  }

  /** Opens the same secret from another ciphertext from now on, and drops its own and the keys to it. */
  public renew(other: SealedContent): void {
    this.#open = other.#open;
    this.#kid = other.#kid;
  }
}

/** The same content, which came from a ciphertext under a key. */
export function underKey(content: SecretContent, kid: string | undefined): SecretContent {
  if (kid === undefined || content.kid === kid) return content;
  return content.kind === 'sealed' ? new SealedContent(() => content.open(), kid) : { ...content, kid };
}

/** Taken when it is needed: loading the cryptography costs every program a few milliseconds at its start. */
const crypto = (): typeof Crypto => process.getBuiltinModule('node:crypto');

/** Holds bytes outside the heap, and zeroes the ones that were given. */
export function holdOutsideHeap(bytes: Buffer): SecretContent {
  const key = crypto().createSecretKey(bytes);
  bytes.fill(0);
  return { kind: 'key', key };
}

/** Holds bytes as ciphertext under a key that is as old as this process, and zeroes the ones that were given. */
export function holdSealed(bytes: Buffer): SecretContent {
  const key = (processKey ??= crypto().createSecretKey(crypto().randomBytes(32)));
  const nonce = crypto().randomBytes(12);
  const cipher = crypto().createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(bytes), cipher.final()]);
  const tag = cipher.getAuthTag();
  bytes.fill(0);
  const open = (): Buffer => {
    const decipher = crypto().createDecipheriv('aes-256-gcm', key, nonce).setAuthTag(tag);
    const part = decipher.update(sealed);
    decipher.final();
    return part;
  };
  return new SealedContent(open);
}

let processKey: Crypto.KeyObject | undefined;

/** The bytes of a secret, which the caller zeroes. */
export function secretBytes(content: SecretContent): Buffer {
  switch (content.kind) {
    case 'text':
      return ownBytes(content.text);
    case 'key':
      return content.key.export();
    case 'sealed':
      return content.open();
  }
}

/** Not from the pool that Node shares between small buffers: the bytes must not remain in a buffer of other code. */
export function ownBytes(text: string): Buffer {
  const bytes = Buffer.alloc(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}

/** The string of a secret. It lives on the heap until it is collected. */
export function secretText(content: SecretContent): string {
  if (content.kind === 'text') return content.text;
  const bytes = secretBytes(content);
  const text = bytes.toString('utf8');
  bytes.fill(0);
  return text;
}

export function decodeSecret(content: SecretContent, form: SecretForm): unknown {
  switch (form) {
    case 'bytes':
      return secretBytes(content);
    case 'text':
      return secretText(content);
    case 'number':
      return Number(secretText(content));
    case 'json':
      return JSON.parse(secretText(content)) as unknown;
  }
}

/** The bytes that {@link decodeSecret} makes the value of again. */
export function encodeSecret(value: unknown, form: SecretForm): Buffer {
  if (form === 'bytes') return Buffer.concat([asBytes(value)]);
  return ownBytes(form === 'json' ? JSON.stringify(value) : String(value));
}

function asBytes(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : ownBytes(String(value));
}

export function formOf(value: unknown): SecretForm {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number') return 'number';
  return value instanceof Uint8Array ? 'bytes' : 'json';
}

/** Equal for equal secrets in one process, and of no use outside it. */
export function secretDigest(content: SecretContent, form: SecretForm): Buffer {
  const bytes = secretBytes(content);
  const digest = keyedDigest(bytes, form);
  bytes.fill(0);
  return digest;
}

/** A digest of bytes under a name, with a key that is as old as this process. */
export function keyedDigest(bytes: Uint8Array, name: string): Buffer {
  const key = (digestKey ??= crypto().createSecretKey(crypto().randomBytes(32)));
  return crypto().createHmac('sha256', key).update(`${name}\0`).update(bytes).digest();
}

let digestKey: Crypto.KeyObject | undefined;

/** Compares digests in constant time. */
export function sameDigest(a: Buffer, b: Buffer): boolean {
  return crypto().timingSafeEqual(a, b);
}
