import { setTimeout as pause } from 'node:timers/promises';

/** Bytes on the heap and outside of it after collection; the process must have been started with --expose-gc. */
export async function settledBytes() {
  for (let round = 0; round < 5; round += 1) {
    // A turn of the loop between collections lets finalisers and weak references go.
    await pause(10);
    globalThis.gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  // `external` includes array buffers.
  return heapUsed + external;
}
