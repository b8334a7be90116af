import { type Revision, SourceUnreachable } from '../../../core/index.js';

/** So often a read is begun again while somebody writes. */
const MOST_READS = 6;

export interface PartedRead<T extends { readonly revision: Revision }> {
  readonly source: string;
  /** All values, and a revision that is another one after each change of any of them. */
  readonly read: () => Promise<T>;
  /** What is written last, and is cheaper to read than all: its revision. Default: that of all values. */
  readonly mark?: (() => Promise<Revision>) | undefined;
  readonly known: Revision | undefined;
}

/**
 * One state of a store that answers in parts: it is read until it was the same before and after. Versions only grow, so what
 * has the versions of the last answer has not changed since, and is not read twice.
 *
 * @throws SourceUnreachable where it is written all the time.
 */
export async function settled<T extends { readonly revision: Revision }>({
  source,
  read,
  mark,
  known,
}: PartedRead<T>): Promise<T | 'unchanged'> {
  let before = mark === undefined ? undefined : await mark();
  for (let reads = 0; reads < MOST_READS; reads++) {
    if (before !== undefined && before === known) return 'unchanged';
    const answer = await read();
    const after = mark === undefined ? answer.revision : await mark();
    if (after === before) return { ...answer, revision: after };
    before = after;
  }
  throw new SourceUnreachable({
    source,
    why: 'its values change while they are read',
    recovery: 'Write changes together, or name the value that is written last in the option sentinel.',
  });
}
