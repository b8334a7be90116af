// What happens inside a process, started with --expose-gc, that measures what a subject keeps.
import { setTimeout as pause } from 'node:timers/promises';
import { subjectOf } from '../subjects/index.js';
import { checkSet } from './check-subject.js';

const kept = [];

/**
 * Bytes that stay when settings of the content were loaded and are held: `first` for the first set (with what the
 * subject prepares once for its classes or schema), `next` for one more set while the first is held.
 * A small set comes before, so that neither counts the code that is compiled when it first runs.
 */
export async function measureRetained(name, content, small) {
  const subject = subjectOf(name);
  const loadSmall = await subject.declare(small);
  for (let round = 0; round < 3; round += 1) kept[0] = await loadSmall();
  const load = await subject.declare(content);
  const before = await settledBytes();
  kept.push(await load());
  const first = await settledBytes();
  kept.push(await load());
  const next = await settledBytes();
  for (const set of kept.slice(1)) checkSet(subject, set, content.leaves);
  return { first: first - before, next: next - first };
}

async function settledBytes() {
  for (let round = 0; round < 5; round += 1) {
    // A turn of the loop between collections lets finalisers and weak references go.
    await pause(10);
    globalThis.gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  // `external` includes array buffers.
  return heapUsed + external;
}
