/**
 * Judges a measurement by its target.
 *
 * A target is `{ text, ratios?, median? }`: `text` in the words of the requirement, `ratios` and `median` its figures,
 * each a bound `{ atMost: n }` or `{ below: n }`.
 *
 * @returns `true` or `false`, or `null` where nothing can be said: no target, or a peer of the target did not run and
 *   everything that did run passed.
 */
export function judge(target, { median, ratios }) {
  if (target === undefined) return null;
  const verdicts = Object.entries(target.ratios ?? {}).map(([name, bound]) => within(ratios[name], bound));
  if (target.median !== undefined) verdicts.push(within(median, target.median));
  if (verdicts.includes(false)) return false;
  return verdicts.length === 0 || verdicts.includes(null) ? null : true;
}

function within(value, { atMost, below }) {
  if (value === undefined || value === null) return null;
  return (atMost === undefined || value <= atMost) && (below === undefined || value < below);
}

/** Bounds for `ratios` that say: faster than each of these. */
export function aheadOf(names) {
  return Object.fromEntries(names.map((name) => [name, { below: 1 }]));
}
