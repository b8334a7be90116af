/** What {@link exactAmount} says when there is no exact whole number. */
export type InexactAmount = 'too-fine' | 'too-large';

/**
 * `decimal` (digits, perhaps with a fraction) times `unit`, when that is a whole number a double holds exactly. Computed
 * on integers: 1.005 × 1000 is 1005, not 1004.9999999999999. The caller bounds the length of `decimal`.
 */
export function exactAmount(decimal: string, unit: number): number | InexactAmount {
  const [whole = '', fraction = ''] = decimal.split('.');
  const scaled = BigInt(whole + fraction) * BigInt(unit);
  const divisor = 10n ** BigInt(fraction.length);
  if (scaled > BigInt(Number.MAX_SAFE_INTEGER) * divisor) return 'too-large';
  return scaled % divisor === 0n ? Number(scaled / divisor) : 'too-fine';
}
