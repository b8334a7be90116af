/** Bytes moved into a buffer of their own, outside the shared pool; where they came from is zeroed. */
export function moved(bytes: Uint8Array): Buffer {
  const own = Buffer.alloc(bytes.byteLength);
  own.set(bytes);
  bytes.fill(0);
  return own;
}

export function newKey(): Buffer {
  const { randomFillSync } = process.getBuiltinModule('node:crypto');
  return randomFillSync(Buffer.alloc(32));
}
