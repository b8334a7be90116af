import type { HeldKey } from './held-key.js';
import { holdKey } from './held-key.js';
import { opens } from './key-description.js';
import { keyNotUnwrapped } from './key-errors.js';
import type { KeyEntry } from './key-entry.js';
import type { KeysetDocument } from './keyset-document.js';
import { entriesOf } from './keyset-document.js';

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
