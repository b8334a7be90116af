/** The one stretch in which two texts differ; before and behind it they are the same. */
export interface TextDifference {
  readonly start: number;
  /** Where it ends in the one text, and in the other. */
  readonly endBefore: number;
  readonly endAfter: number;
}

/** Finds where two texts differ, in UTF-16 code units. Costs a comparison of memory, not a walk over characters. */
export function differenceOf(before: string, after: string): TextDifference {
  const shorter = Math.min(before.length, after.length);
  const start = largest(shorter, (from, to) => before.slice(from, to) === after.slice(from, to));
  const same = largest(
    shorter - start,
    (from, to) =>
      before.slice(before.length - to, before.length - from) === after.slice(after.length - to, after.length - from),
  );
  return { start, endBefore: before.length - same, endAfter: after.length - same };
}

/** The largest length up to a limit that holds, where each half looked at is known to follow one that does. */
function largest(limit: number, holds: (from: number, to: number) => boolean): number {
  let [low, high] = [0, limit];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(low, middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
