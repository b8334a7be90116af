import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import * as coerce from '../../src/binding/coerce/index.js';
import * as evil from './evil.js';
import { expectHarmless, survives } from './survive.js';

const raws = fc.oneof(
  evil.text,
  evil.jsonValue,
  evil.tree.map((tree) => JSON.stringify(tree)),
  evil.mangled(fc.constantFrom('1.5e3', '2020-02-30T25:00:00Z', '1h30m', '64KiB', 'http://a@b:1/', '/a+/gi', '1,2,3'), [
    '-',
    '+',
    '.',
    ' ',
  ]),
  fc.anything({
    key: evil.key,
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSparseArray: true,
    withTypedArray: true,
  }),
);

describe.each<[string, coerce.Coercer<unknown>]>([
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
])('%s', (_name, coercer) => {
  it('survives any raw value, and describes what it refuses', async () => {
    await survives(raws, (raw) => {
      const coerced = coercer(raw);
      const failures = coerce.isCoercionFailure(coerced) ? [coerced] : [];
      const sentences = failures.map((failure) => coerce.describeFailure(failure));
      expect(sentences.filter((sentence) => sentence.length > 1_000)).toEqual([]);
      expectHarmless(failures.length > 0 || coerced === raw ? undefined : coerced);
    });
    expect.hasAssertions();
  });
});
