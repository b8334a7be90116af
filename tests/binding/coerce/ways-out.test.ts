import { describe, expect, it } from '@jest/globals';
import * as coerce from '../../../src/binding/coerce/index.js';

const DIGITS = 'write digits as in 1500 or 1_500, without blanks';
const NUMBER = 'write digits as in 1500, 1_500, -0.5 or 1.5e3, without blanks';
const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);

describe('the way out of a value that cannot be read', () => {
  it.each<[string, coerce.Coercer<unknown>, unknown, string | undefined]>([
    ['a number for a text', coerce.coerceText, 1, 'write it in quotes'],
    ['a boolean for a text', coerce.coerceText, true, 'write it in quotes'],
    ['a bigint for a text', coerce.coerceText, 1n, 'write it in quotes'],
    ['a date for a text', coerce.coerceText, new Date(0), 'write it in quotes'],
    ['a map for a text', coerce.coerceText, {}, undefined],
    ['a word for a number', coerce.coerceNumber, 'x', NUMBER],
    ['a list for a number', coerce.coerceNumber, [], undefined],
    [
      'a number too large',
      coerce.coerceNumber,
      '1e999',
      'declare the field as bigint, or as text, to keep such a number',
    ],
    ['a word for an integer', coerce.coerceInteger, 'x', DIGITS],
    ['a fraction for an integer', coerce.coerceInteger, 1.5, undefined],
    [
      'an integer too large',
      coerce.coerceInteger,
      '9007199254740993',
      'declare the field as bigint and write the number in quotes to keep all its digits',
    ],
    ['a word for a bigint', coerce.coerceBigint, 'x', DIGITS],
    [
      'a rounded bigint',
      coerce.coerceBigint,
      2 ** 53,
      'write it in quotes: the parser of the source has already rounded it',
    ],
    ['a word for a boolean', coerce.coerceBoolean, 'x', 'write true, false, yes, no, on, off, 1 or 0'],
    ['a number for a boolean', coerce.coerceBoolean, 1, 'write true or false, without quotes'],
    ['a word for a date', coerce.coerceDate, 'x', 'write it as ISO 8601: 2024-02-29 or 2024-02-29T12:30:00Z'],
    [
      'a time without an offset',
      coerce.coerceDate,
      '2024-02-29T12:30',
      'end it with Z for UTC, or with an offset such as +02:00',
    ],
    [
      'a word for a URL',
      coerce.coerceUrl,
      'x',
      'write scheme and host, such as https://example.com/path, with blanks as %20',
    ],
    [
      'a broken expression',
      coerce.coerceRegExp,
      '(',
      'write /pattern/flags with flags of d, i, m, s, u and v, or the pattern alone; start a pattern that begins with a slash with \\/',
    ],
    [
      'an expression with memory',
      coerce.coerceRegExp,
      '/a/g',
      'leave g and y out: they make the expression remember its last match; matchAll and replaceAll take a copy with g',
    ],
    ['broken JSON', coerce.coerceAnything, '{', 'correct the JSON, or declare the field as text'],
    ['a structure too deep', coerce.coerceAnything, deep(101), 'make the structure flatter'],
    ['a reserved key', coerce.coerceAnything, JSON.parse('{"__proto__":1}') as unknown, 'rename the key'],
    ['a map for a list', coerce.listItems, {}, 'write a list, or text such as a,b,c'],
    ['a list in broken JSON', coerce.listItems, '[', 'write JSON such as ["a", "b"], or the items alone: a,b'],
    ['a stray comma', coerce.listItems, 'a,', 'remove the stray comma; write empty strings as JSON: ["a", ""]'],
    ['a list for a map', coerce.mapEntries, [], 'write keys with values'],
    ['a text for a map', coerce.mapEntries, 'a=b', 'write JSON such as {"key": "value"}'],
  ])('is told for %s', (_, coercer, raw, hint) => {
    expect(coercer(raw)).toMatchObject({ hint });
  });
});

describe('the days of a month', () => {
  it.each(['2024-00-10', '2024-13-10', '2024-04-31', '2023-02-29', '1900-02-29', '2024-01-32', '2024-00-00'])(
    'do not include %s',
    (text) => {
      expect(coerce.coerceDate(text)).toMatchObject({ code: 'not-a-date' });
    },
  );
});

describe('a bigint', () => {
  it('has a thousand digits at most, separators apart', () => {
    const most = '9'.repeat(1_000);
    expect(coerce.coerceBigint(most)).toBe(BigInt(most));
    expect(coerce.coerceBigint(most.split('').join('_'))).toBe(BigInt(most));
    expect(coerce.coerceBigint(`${most}9`)).toMatchObject({ code: 'not-a-bigint' });
  });
});

describe('an enum', () => {
  it('names a member only where the name says more than the value', () => {
    const failure = coerce.enumCoercer({ low: 'low', High: 'high' })('x');
    expect(failure).toMatchObject({ expected: 'one of "low", "high" (High)' });
  });

  it('keeps a member whose value is the name of another one', () => {
    const values = coerce.legalValues({ usual: 'low', low: 1, 1: 'low' });
    expect(values).toEqual([
      { value: 'low', name: 'usual' },
      { value: 1, name: 'low' },
    ]);
  });
});

describe('an integer', () => {
  it('may have zeros after the point, with separators', () => {
    expect(['1.0', '1.0_0', '1.5_0e1'].map((text) => coerce.coerceInteger(text))).toEqual([1, 1, 15]);
  });
});
