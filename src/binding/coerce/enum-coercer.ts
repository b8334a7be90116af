import { type Coercer, NOT_SET } from './coercer.js';
import { CoercionFailure } from './coercion-failure.js';
import type { EnumSource, EnumValue, LegalValue } from './legal-values.js';
import { legalValues } from './legal-values.js';
import { showRaw } from './show-raw.js';

const MOST_LISTED = 30;

/**
 * The coercer of an enum object or a list of values: a legal value passes; text is looked up among the values first,
 * then among the names, in exact case. Empty text is "not set" unless it is legal itself.
 *
 * @throws TypeError when there is no legal value, or one is no text, number, boolean or bigint.
 *
 * @example
 * ```ts
 * enum Level { Low = 1, High = 2 }
 * const coerce = enumCoercer(Level);
 * coerce('High'); // 2, and so is coerce('2')
 * ```
 */
export function enumCoercer(source: EnumSource): Coercer<EnumValue> {
  const legal = legalValues(source);
  const values = new Set<unknown>(legal.map(({ value }) => value));
  const byText = textsOf(legal);
  const expected = expectation(legal);
  return (raw) => {
    if (values.has(raw)) return raw as EnumValue; // A member of the set, which holds nothing else.
    if (typeof raw === 'string') {
      const found = byText.get(raw);
      if (found !== undefined) return found;
      if (raw === '') return NOT_SET;
    }
    return new CoercionFailure({ code: 'not-in-enum', expected, raw });
  };
}

// Names first, so that a value of the same text overwrites them.
function textsOf(legal: readonly LegalValue[]): ReadonlyMap<string, EnumValue> {
  const texts = new Map<string, EnumValue>();
  for (const { value, name } of legal) if (name !== undefined) texts.set(name, value);
  for (const { value } of legal.toReversed()) texts.set(String(value), value);
  return texts;
}

function expectation(legal: readonly LegalValue[]): string {
  const listed = legal.slice(0, MOST_LISTED).map(spelling);
  if (legal.length > MOST_LISTED) listed.push(`${String(legal.length - MOST_LISTED)} more`);
  return listed.length === 1 ? listed.join('') : `one of ${listed.join(', ')}`;
}

function spelling({ value, name }: LegalValue): string {
  const shown = typeof value === 'string' ? showRaw(value) : String(value);
  return name === undefined ? shown : `${shown} (${name})`;
}
