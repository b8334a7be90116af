/**
 * How often a test repeats what chance may find: a sample of 20 that every run of the tests can afford, or as often as
 * `PROOF_RUNS` says. `npm run proof` runs the tests that import this with many more.
 */
export const PROOF_RUNS = wholeNumber('PROOF_RUNS', process.env['PROOF_RUNS'] ?? '20');

/** Reads an environment variable as a whole number. */
export function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`${name} must be a whole number, not "${text}".`);
  return number;
}
