import type { InexactAmount } from './exact-amount.js';
import { DECIMAL as N, exactAmount, isBareNumber, LONGEST_TEXT } from './exact-amount.js';
import { textProblem, type TextProblem } from './text-problem.js';

/** Milliseconds of each unit, largest first: the order in which parts are written. */
export const DURATION_UNITS = Object.freeze({
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
});

const SHORT = new RegExp(`^(?:${N}w)?(?:${N}d)?(?:${N}h)?(?:${N}m)?(?:${N}s)?(?:${N}ms)?$`);
const ISO = new RegExp(String.raw`^P(?=[\dT])(?:${N}W)?(?:${N}D)?(?:T(?=\d)(?:${N}H)?(?:${N}M)?(?:${N}S)?)?$`);
const ISO_CALENDAR = /^P[^T]*[YM]/;

const EXAMPLES = 'such as 500ms, 10s or 1h30m';

/** Milliseconds of `10s`, `1h30m` or `PT1H30M`; otherwise what is wrong with the string. */
export function parseDuration(text: string): number | TextProblem {
  if (text === '' || text.length > LONGEST_TEXT) return problemOf(text);
  const parts = (SHORT.exec(text) ?? ISO.exec(text))?.slice(1);
  if (parts === undefined) return problemOf(text);
  const total = sumParts(parts);
  if (total === 'too-large') return OUT_OF_RANGE;
  if (total === 'too-fine') return TOO_FINE;
  return total ?? FRACTION_NOT_LAST;
}

function sumParts(parts: readonly (string | undefined)[]): number | InexactAmount | undefined {
  const last = parts.findLastIndex((part) => part !== undefined);
  let total = 0;
  for (const [index, unit] of Object.values(DURATION_UNITS).entries()) {
    const part = parts[index];
    if (part === undefined) continue;
    if (index !== last && part.includes('.')) return undefined;
    const amount = exactAmount(part, unit);
    if (typeof amount === 'string') return amount;
    total += amount;
  }
  return total > Number.MAX_SAFE_INTEGER ? 'too-large' : total;
}
const OUT_OF_RANGE = textProblem(
  'duration-out-of-range',
  `a duration of at most ${String(Number.MAX_SAFE_INTEGER)} milliseconds`,
  'write a shorter duration',
);
const TOO_FINE = textProblem('not-a-duration', 'a duration of whole milliseconds', 'the finest duration is 1ms');
const FRACTION_NOT_LAST = textProblem(
  'not-a-duration',
  `a duration, ${EXAMPLES}`,
  'only the last part may have a fraction: write 1h30.5m rather than 1.5h30m',
);
const UNIT_REQUIRED = textProblem(
  'unit-required',
  `a duration with a unit, ${EXAMPLES}`,
  'a unit is required after the number: ms, s, m, h, d or w',
);
const NO_FIXED_LENGTH = textProblem(
  'no-fixed-length',
  'a duration of fixed length',
  'years and months differ in length; write weeks, days or hours, such as P30D or 30d',
);
const NEGATIVE = textProblem('not-a-duration', `a duration, ${EXAMPLES}`, 'a duration is never negative');
const MALFORMED = textProblem(
  'not-a-duration',
  `a duration, ${EXAMPLES}`,
  'write numbers with the units w, d, h, m, s and ms, in lower case, largest first and without blanks, or ISO 8601 such as PT1H30M',
);

function problemOf(text: string): TextProblem {
  if (text.length > LONGEST_TEXT) return MALFORMED;
  if (isBareNumber(text)) return UNIT_REQUIRED;
  if (ISO_CALENDAR.test(text)) return NO_FIXED_LENGTH;
  return /^-[\dP]|^P.*-/.test(text) ? NEGATIVE : misspelt(text);
}

/** What other languages and people call the units, in lower case. */
const UNIT_WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ms: 'ms msec msecs milli millis millisecond milliseconds',
    s: 's sec secs second seconds',
    m: 'm min mins minute minutes',
    h: 'h hr hrs hour hours',
    d: 'd day days',
    w: 'w wk wks week weeks',
  }).flatMap(([unit, words]) => words.split(' ').map((word) => [word, unit] as const)),
);

function misspelt(text: string): TextProblem {
  const [, word = ''] = /^\d+(?:\.\d+)?\s*([A-Za-z]+)$/.exec(text) ?? [];
  const unit = UNIT_WORDS.get(word.toLowerCase());
  return unit === undefined
    ? MALFORMED
    : { ...MALFORMED, hint: `write the unit ${unit}, without a blank, such as 10${unit}` };
}
