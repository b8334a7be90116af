/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values) {
  return quantile(values, 0.5);
}

/** The value below which the given share (0 to 1) of the values lies, linear between neighbours. */
export function quantile(values, share) {
  if (values.length === 0) throw new RangeError('quantile: no values');
  const sorted = Float64Array.from(values).sort();
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const lower = sorted[below];
  const upper = sorted[Math.min(below + 1, sorted.length - 1)];
  return lower + (upper - lower) * (position - below);
}
