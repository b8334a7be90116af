import { OWN } from './subjects/index.js';

/**
 * Makes a measurement of one figure per subject: our median, everybody else's, and the ratios ours ÷ theirs.
 * Without a figure of our own there are no ratios, and the error says why.
 */
export function compare(figures, errors = {}) {
  const { [OWN]: median = null, ...medians } = figures;
  const ratios = Object.fromEntries(
    median === null ? [] : Object.entries(medians).map(([name, figure]) => [name, median / figure]),
  );
  const failed = Object.entries(errors).map(([name, message]) => `${name}: ${message}`);
  return { median, ratios, medians, ...(failed.length > 0 && { error: failed.join('\n') }) };
}
