// What happens inside a process, started with --expose-gc, that measures what a subject keeps.
import { settledBytes } from '../settled-bytes.js';
import { declareSubject, subjectOf } from '../subjects/index.js';
import { checkSet } from './check-subject.js';

const kept = [];

/**
 * Bytes that stay when settings of the content were loaded and are held: `first` for the first set (with what the
 * subject prepares once for its classes or schema), `next` for one more set while the first is held.
 * A small set comes before, so that neither counts the code that is compiled when it first runs.
 */
export async function measureRetained(name, content, small) {
  const subject = subjectOf(name);
  const loadSmall = await declareSubject(subject, small);
  for (let round = 0; round < 3; round += 1) kept[0] = await loadSmall();
  const load = await declareSubject(subject, content);
  const before = await settledBytes();
  kept.push(await load());
  const first = await settledBytes();
  kept.push(await load());
  const next = await settledBytes();
  for (const set of kept.slice(1)) checkSet(subject, set, content);
  return { first: first - before, next: next - first };
}
