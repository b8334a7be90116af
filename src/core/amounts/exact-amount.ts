/** The longest string that is parsed, which bounds the work before any pattern runs; sensible ones have half of it. */
export const LONGEST_TEXT = 64;

/** The pattern of an amount: digits, perhaps with a fraction. */
export const DECIMAL = String.raw`(\d+(?:\.\d+)?)`;

export function isBareNumber(text: string): boolean {
  return /^[\d_]+(?:\.\d+)?$/.test(text);
}

/** The result of {@link exactAmount} when there is no exact whole number. */
export type InexactAmount = 'too-fine' | 'too-large';

/**
 * `decimal` (digits, perhaps with a fraction) times `unit`, when that is a whole number a double holds exactly. Computed
 * on integers: 1.005 × 1000 is 1005, not 1004.9999999999999. The caller bounds the length of `decimal`, as by
 * {@link LONGEST_TEXT}.
 */
export function exactAmount(decimal: string, unit: number): number | InexactAmount {
  const [whole = '', fraction = ''] = decimal.split('.');
  const scaled = BigInt(whole + fraction) * BigInt(unit);
  const divisor = 10n ** BigInt(fraction.length);
  if (scaled > BigInt(Number.MAX_SAFE_INTEGER) * divisor) return 'too-large';
  return scaled % divisor === 0n ? Number(scaled / divisor) : 'too-fine';
}
