/** More than these are counted: thousands of sources may change at once. */
const MOST_TOLD = 5;

/** Several reasons in one text that stays short. */
export function joinReasons(reasons: readonly string[]): string {
  const told = reasons.slice(0, MOST_TOLD).join(', ');
  const more = reasons.length - MOST_TOLD;
  return more > 0 ? `${told} and ${String(more)} more` : told;
}
