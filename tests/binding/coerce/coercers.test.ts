import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import * as coerce from '../../../src/binding/coerce/index.js';
import { ByteSize, Duration } from '../../../src/sections/index.js';

const COERCERS: readonly (readonly [string, coerce.Coercer<unknown>])[] = [
  ['coerceText', coerce.coerceText],
  ['coerceNumber', coerce.coerceNumber],
  ['coerceInteger', coerce.coerceInteger],
  ['coerceBoolean', coerce.coerceBoolean],
  ['coerceBigint', coerce.coerceBigint],
  ['coerceDate', coerce.coerceDate],
  ['coerceUrl', coerce.coerceUrl],
  ['coerceRegExp', coerce.coerceRegExp],
  ['coerceDuration', coerce.coerceDuration],
  ['coerceByteSize', coerce.coerceByteSize],
  ['coerceAnything', coerce.coerceAnything],
  ['enumCoercer', coerce.enumCoercer(['a', 1, true])],
  ['listItems', coerce.listItems],
  ['mapEntries', coerce.mapEntries],
];

const TEXTS = [
  '1',
  '-1.5',
  'yes',
  '10s',
  '64KiB',
  '2024-01-01',
  'http://a/',
  '/a/i',
  'a',
  '1,2',
  '[1,2]',
  '{"a":[]}',
  '',
];
const raws = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSparseArray: true }),
  fc.string(),
  fc.json(),
  fc.constantFrom<unknown>(...TEXTS, new Date(0), new URL('http://a/'), /a/, Duration.of('1s'), ByteSize.of('1B')),
);

describe.each(COERCERS)('%s', (_name, coercer) => {
  it('never throws, and gives the same again when given its own result', () => {
    fc.assert(
      fc.property(raws, (raw) => {
        const once = coercer(raw);
        const settled = once === coerce.NOT_SET || coerce.isCoercionFailure(once);
        expect(settled ? once : coercer(once)).toBe(once);
      }),
    );
  });

  it('describes every failure, and of a secret nothing but what is expected', () => {
    fc.assert(
      fc.property(raws, (raw) => {
        const failure = coercer(raw);
        const failures = coerce.isCoercionFailure(failure) ? [failure] : [];
        for (const one of failures) {
          expect(coerce.describeFailure(one)).toMatch(/^must be .+, got ./su);
          expect(coerce.describeFailure(one, { secret: true })).toBe(`must be ${one.expected}, got [secure]`);
        }
      }),
    );
  });

  it.each([
    'a'.repeat(50_000) + '!',
    '1'.repeat(50_000) + '!',
    '1_'.repeat(50_000),
    '0.' + '0'.repeat(50_000) + '!',
    '1e' + '9'.repeat(50_000),
    '-'.repeat(50_000),
    '//@'.repeat(50_000),
    '://'.repeat(50_000),
    'http://' + 'a:'.repeat(50_000) + '@',
    '/' + '('.repeat(50_000) + '/i',
    '['.repeat(50_000),
    '{"a":'.repeat(50_000),
    ' '.repeat(50_000) + '!',
    ','.repeat(50_000),
  ])('finishes with a huge text and describes it in a few words', (text) => {
    const coerced = coercer(text);
    const sentence = coerce.isCoercionFailure(coerced) ? coerce.describeFailure(coerced) : '';
    expect(sentence.length).toBeLessThan(300);
  });
});
