import { nodeCrypto } from '../cipher/index.js';

/** How often one key has been encrypted with in this process, over all keysets that hold it. */
export interface KeyUses {
  count: number;
  warned: boolean;
}

// By digest of the key, so that a keyset that is read again goes on counting.
const uses = new Map<string, KeyUses>();

/** The count of a key, given its bytes. */
export function usesOf(key: Uint8Array): KeyUses {
  const digest = nodeCrypto().createHash('sha256').update('uno-config key uses').update(key).digest('base64');
  const known = uses.get(digest) ?? { count: 0, warned: false };
  uses.set(digest, known);
  return known;
}
