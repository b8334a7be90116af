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

/** The first line of a pulled file: what a push of it starts from. */
export function revisionLine(store: string, revision: number): string {
  return `# revision ${String(revision)} of ${store}\n`;
}

/** The revision that a file says it starts from, if it does. */
export function revisionIn(text: string): number | undefined {
  const found = /^\uFEFF?# revision (\d{1,15}) of /.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
