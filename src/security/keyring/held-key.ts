import type { KeyObject } from 'node:crypto';
import { nodeCrypto, pointOf, publicKeyOf } from '../cipher/index.js';
import type { KeyDescription } from './key-description.js';
import { opens } from './key-description.js';
import type { KeyEntry } from './key-entry.js';
import { describeEntry } from './key-entry.js';
import { keyNotUnwrapped, unusableKey } from './key-errors.js';
import type { KeysetDocument } from './keyset-document.js';
import { entriesOf } from './keyset-document.js';

export interface HeldKey {
  readonly description: KeyDescription;
  /** The shared key, or the public half: what values are made with. */
  readonly makes?: KeyObject;
  /** The shared key, or the private half: what values are opened with; absent unless it may open. */
  readonly opens?: KeyObject;
}

/** All keys of a document, taken into memory. `unwrapped` has the bytes of the wrapped ones, and they are zeroed. */
export function holdEntries(document: KeysetDocument, unwrapped: ReadonlyMap<string, Buffer> = new Map()): HeldKey[] {
  return entriesOf(document).map((entry) => holdKey(entry, secretOf(entry, unwrapped)));
}

/** A disabled key is left out, so that no mistake in the code above could open anything with it. */
function secretOf({ kid, state, material }: KeyEntry, unwrapped: ReadonlyMap<string, Buffer>): Buffer | undefined {
  if (material === undefined || !opens(state)) return undefined;
  if (material.kind === 'plain') return secretBytes(material.secret);
  const bytes = unwrapped.get(kid);
  if (bytes !== undefined) return bytes;
  throw keyNotUnwrapped(kid, 'it is wrapped, and nothing was given that could unwrap it');
}

/** Into memory of its own: the pool that `Buffer.from` takes small buffers from is shared with everybody. */
export function secretBytes(secret: string): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.write(secret, 'base64url');
  return bytes;
}

/** Takes a key into memory. `secret` are its bytes, and zeroed here; absent for a key that opens nothing. */
function holdKey(entry: KeyEntry, secret: Buffer | undefined): HeldKey {
  const description = describeEntry(entry);
  try {
    if (secret !== undefined && isBlank(secret)) throw unusableKey(entry.kid, 'all its bytes are the same');
    if (entry.x !== undefined) return { description, ...holdPair(entry.kid, entry.x, secret) };
    if (secret === undefined) return { description };
    const key = nodeCrypto().createSecretKey(secret);
    return { description, makes: key, opens: key };
  } finally {
    secret?.fill(0);
  }
}

/** True for 32 zeros and their like: what stands where a key was to be filled in. */
export function isBlank(key: Uint8Array): boolean {
  return key.every((byte) => byte === key[0]);
}

// RFC 8410: what is before the 32 bytes of a private key of X25519.
const PRIVATE_KEY = Buffer.from('302e020100300506032b656e04220420', 'hex');

function holdPair(kid: string, x: string, secret: Buffer | undefined): Omit<HeldKey, 'description'> {
  const makes = publicKeyOf(x);
  if (secret === undefined) return { makes };
  const der = Buffer.concat([PRIVATE_KEY, secret]);
  const opens = nodeCrypto().createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  if (pointOf(nodeCrypto().createPublicKey(opens)) !== x)
    throw unusableKey(kid, 'its two halves do not belong together');
  return { makes, opens };
}
