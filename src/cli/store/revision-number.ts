import { UsageError } from '../usage-error.js';

/** A revision among the words: `41`, or `@41` as in a comparison. */
export function revisionNumber(text: string): number {
  const found = /^@?(\d{1,15})$/.exec(text)?.[1];
  if (found !== undefined) return Number(found);
  throw new UsageError(
    `${JSON.stringify(text)} is no revision.`,
    'Write a whole number that uno-config history lists.',
  );
}
