import type { KeyObject } from 'node:crypto';
import { nodeCrypto, pointOf, publicKeyOf } from '../cipher/index.js';
import type { KeyDescription } from './key-description.js';
import type { KeyEntry } from './key-entry.js';
import { describeEntry } from './key-entry.js';
import { unusableKey } from './key-errors.js';

/** A key in memory, in a form that prints nothing. */
export interface HeldKey {
  readonly description: KeyDescription;
  /** The shared key, or the public half: what values are made with. */
  readonly makes?: KeyObject;
  /** The shared key, or the private half: what values are opened with; absent unless it may open. */
  readonly opens?: KeyObject;
}

/** Takes a key into memory. `secret` are its bytes, and zeroed here; absent for a key that opens nothing. */
export function holdKey(entry: KeyEntry, secret: Buffer | undefined): HeldKey {
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

// RFC 8410: what stands before the 32 bytes of a private key of X25519.
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
