import type { Clock } from '../../core/index.js';
import { systemClock } from '../../core/index.js';
import type { KeyDescription } from './key-description.js';

const UNITS: Readonly<Record<string, number>> = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 };

/**
 * The primary keys of a keyset, or of its document, that are as old as `age` or older: a `Duration`, or a number with one
 * of the units `w`, `d`, `h`, `m`, `s`. Subpath: `uno-config/keys`.
 *
 * @throws TypeError for another age, or none.
 * @example
 * ```ts
 * await changeKeyset('keys.json', async ({ document, replace }) => {
 *   const due = keysDue(document, '90d');
 *   if (due.length > 0) await replace(due.reduce((next, { use }) => rotateKey(next, use), document));
 * });
 * ```
 */
export function keysDue(
  { keys }: { readonly keys: readonly KeyDescription[] },
  age: string | { readonly milliseconds: number },
  clock: Clock = systemClock,
): readonly KeyDescription[] {
  const least = typeof age === 'string' ? parseAge(age) : age.milliseconds;
  if (!(least > 0))
    throw new TypeError("keysDue: age must be a Duration or a text such as '90d', and more than nothing.");
  return keys.filter(({ state, created }) => state === 'primary' && clock.now() - created >= least);
}

function parseAge(text: string): number {
  const [, amount = '', unit = ''] = /^(\d{1,9})([wdhms])$/.exec(text) ?? [];
  return Number(amount) * (UNITS[unit] ?? NaN);
}
