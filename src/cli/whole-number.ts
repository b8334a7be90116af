import { UsageError } from './usage-error.js';

/** The number that is the value of an option. Throws UsageError when it is none, or below the least. */
export function wholeNumber(option: string, text: string, least: number): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (number >= least) return number;
  throw new UsageError(
    `${option} cannot be ${JSON.stringify(text)}.`,
    `Write a whole number, at least ${String(least)}.`,
  );
}
