import { types } from 'node:util';
import { type Coerced, NOT_SET, CoercionFailure, refusal, refuseChange } from './coercion-failure.js';

const DATE = /^(\d{4})-(\d{2})-(\d{2})(T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(.*))?$/;
const OFFSET = /^(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/**
 * A valid Date, or an ISO 8601 string: a date (midnight UTC) or a date with time and offset. The offset is required: without
 * it the same file would mean another time on another machine. Digits finer than a millisecond are dropped. The result is an
 * {@link ImmutableDate}.
 */
export function coerceDate(raw: unknown): Coerced<Date> {
  if (raw instanceof ImmutableDate && !Number.isNaN(raw.getTime())) return raw;
  if (types.isDate(raw)) return immutable(timeOf(raw), raw);
  if (raw === '') return NOT_SET;
  if (typeof raw !== 'string') return malformed(raw);
  const [, year, month, day, time, offset] = DATE.exec(raw) ?? [];
  if (year === undefined) return malformed(raw);
  if (Number(day) > daysIn(Number(year), Number(month))) return notDate(raw);
  if (time === undefined) return immutable(Date.parse(raw), raw);
  if (offset === '') return offsetRequired(raw);
  return offset !== undefined && OFFSET.test(offset) ? immutable(Date.parse(raw), raw) : malformed(raw);
}

function immutable(time: number, raw: unknown): Coerced<Date> {
  return Number.isNaN(time) ? notDate(raw) : new ImmutableDate(time);
}

// Not raw.getTime(): a Date's own property may shadow it.
function timeOf(date: Date): number {
  return Date.prototype.getTime.call(date);
}

// 0 for a month that does not exist. Date itself turns February 30 into March 2.
function daysIn(year: number, month: number): number {
  if (month < 1 || month > 12) return 0;
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function notDate(raw: unknown): CoercionFailure {
  return refused('a date that exists', raw);
}

/** 01/02/2024 is ambiguous: January or February. */
function malformed(raw: unknown): CoercionFailure {
  return refused('a date in ISO 8601, the year first', raw);
}

function refused(expected: string, raw: unknown): CoercionFailure {
  const hint = 'write it as ISO 8601: 2024-02-29 or 2024-02-29T12:30:00Z';
  return new CoercionFailure({ code: 'not-a-date', expected, hint, raw });
}

const offsetRequired = refusal(
  'offset-required',
  'a date and time with an offset',
  'end it with Z for UTC, or with an offset such as +02:00',
);

/**
 * A Date of the configuration: `instanceof Date`, and every setter throws. `structuredClone` and `new Date(date)` give
 * an ordinary Date. Only `Date.prototype.setTime.call(date)` and its like, borrowed on purpose, still get through: the
 * language has no way to freeze the time itself.
 *
 * @example
 * ```ts
 * declare const settings: { readonly validFrom: Date };
 * const later = new Date(settings.validFrom);
 * later.setDate(later.getDate() + 1);
 * ```
 */
export class ImmutableDate extends Date {
  public constructor(time: number) {
    super(time);
    Object.freeze(this);
  }
}

const refuse = refuseChange('Date', 'new Date(date)');

// All that this Node has, setYear of old included.
for (const name of Object.getOwnPropertyNames(Date.prototype)) {
  if (name.startsWith('set')) Object.defineProperty(ImmutableDate.prototype, name, { value: refuse });
}
