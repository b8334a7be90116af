import type { KeyContext } from '../keyring/index.js';
import { contextBytes, moved, newKey, AnswerFailure } from './service-provider.js';

interface Envelope {
  /** Of the Azure key, as its URL has it. */
  readonly version: string;
  /** The one-time key, wrapped by Azure. */
  readonly outer: Uint8Array;
  /** Everything before the nonce, which the tag covers. */
  readonly head: Uint8Array;
  readonly nonce: Uint8Array;
  readonly sealed: Uint8Array;
  readonly tag: Uint8Array;
}

const FORMAT = 1;
const NONCE = 12;
const TAG = 16;

/**
 * Key Vault wraps a key without anything to bind it to, so a one-time key goes between: Azure wraps that one, and it
 * encrypts ours with AES-256-GCM, whose additional data is the head and the context.
 *
 *   1 byte format | 1 byte length, version of the Azure key | 2 bytes length, wrapped one-time key   <- the head
 *   12 bytes nonce | our key encrypted | 16 bytes tag
 */
export async function closeEnvelope(
  key: Uint8Array,
  context: KeyContext,
  version: string,
  wrapOuter: (key: Uint8Array) => Promise<Uint8Array>,
): Promise<Buffer> {
  const { createCipheriv, randomBytes } = process.getBuiltinModule('node:crypto');
  const between = newKey();
  try {
    const wrapped = await wrapOuter(between);
    const name = Buffer.from(version, 'latin1');
    const head = Buffer.concat(
      [[FORMAT, name.length], name, [wrapped.length >> 8, wrapped.length & 0xff], wrapped].map(bytes),
    );
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', between, nonce).setAAD(bound(head, context));
    const sealed = Buffer.concat([cipher.update(key), cipher.final()]);
    return Buffer.concat([head, nonce, sealed, cipher.getAuthTag()]);
  } finally {
    between.fill(0);
  }
}

/** The key inside; `unwrapOuter` asks Azure for the one-time key. */
export async function openEnvelope(
  envelope: Uint8Array,
  context: KeyContext,
  unwrapOuter: (wrapped: Uint8Array, version: string) => Promise<Buffer>,
): Promise<Buffer> {
  const { version, outer, head, nonce, sealed, tag } = parsed(envelope);
  const { createDecipheriv } = process.getBuiltinModule('node:crypto');
  const between = await unwrapOuter(outer, version);
  try {
    const decipher = createDecipheriv('aes-256-gcm', between, nonce, { authTagLength: TAG }).setAAD(
      bound(head, context),
    );
    decipher.setAuthTag(tag);
    const key = moved(decipher.update(sealed));
    decipher.final();
    return key;
  } catch {
    // Its own words tell a length from a tag.
    throw notOurs();
  } finally {
    between.fill(0);
  }
}

/** A version becomes part of an address: nothing but what Azure calls one. */
export function isKeyVersion(text: string): boolean {
  return /^[\da-f]{32}$/i.test(text);
}

function parsed(envelope: Uint8Array): Envelope {
  const data = Buffer.from(envelope.buffer, envelope.byteOffset, envelope.byteLength);
  const nameEnd = 2 + (data[1] ?? 0);
  const outerEnd = nameEnd + 2 + (data[nameEnd] ?? 0) * 256 + (data[nameEnd + 1] ?? 0);
  if (data[0] !== FORMAT || data.length <= outerEnd + NONCE + TAG) throw notOurs();
  const version = data.toString('latin1', 2, nameEnd);
  if (!isKeyVersion(version)) throw notOurs();
  return {
    version,
    outer: data.subarray(nameEnd + 2, outerEnd),
    head: data.subarray(0, outerEnd),
    nonce: data.subarray(outerEnd, outerEnd + NONCE),
    sealed: data.subarray(outerEnd + NONCE, data.length - TAG),
    tag: data.subarray(data.length - TAG),
  };
}

function bound(head: Uint8Array, context: KeyContext): Buffer {
  return Buffer.concat([head, contextBytes(context)]);
}

function bytes(part: Uint8Array | readonly number[]): Uint8Array {
  return Uint8Array.from(part);
}

function notOurs(): AnswerFailure {
  return new AnswerFailure({ kind: 'not-unwrapped', why: '' });
}
