import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import { showRaw } from '../../../src/binding/coerce/index.js';
import { ByteSize, Duration } from '../../../src/sections/index.js';

describe('showRaw', () => {
  it.each([
    ['80a', '"80a"'],
    ['', '""'],
    ['say "hi" \\', String.raw`"say \"hi\" \\"`],
    ['a\nb\tc\rd', String.raw`"a\nb\tc\rd"`],
    ['\u001b[31m', String.raw`"\u001b[31m"`],
    ['a\u202eb', String.raw`"a\u202eb"`],
    ['a\u200bb\ufeff', String.raw`"a\u200bb\ufeff"`],
    ['\u2028', String.raw`"\u2028"`],
    ['\ud800', String.raw`"\ud800"`],
    ['\u{e0001}', String.raw`"\u{e0001}"`],
    ['١٢ é 😀', '"١٢ é 😀"'],
  ])('quotes and escapes %j', (text, shown) => {
    expect(showRaw(text)).toBe(shown);
  });

  it.each([
    [5, '5 (a number)'],
    [-0, '-0 (a number)'],
    [true, 'true (a boolean)'],
    [5n, '5 (a bigint)'],
    [-(10n ** 60n), 'a bigint of more than 60 digits'],
    [null, 'null'],
    [undefined, 'nothing'],
    [Symbol('s'), 'a symbol'],
    [() => 5, 'a function'],
    [[1], 'a list'],
    [{ password: 'x' }, 'a map'],
    [new Date(0), 'a Date'],
    [new URL('http://u:p@a/'), 'a URL'],
    [/a/, 'a RegExp'],
    [Duration.of('1s'), 'a Duration'],
    [ByteSize.of('1B'), 'a ByteSize'],
    [new Map(), 'an object'],
  ])('shows %p with its type', (value, shown) => {
    expect(showRaw(value)).toBe(shown);
  });

  it('shows 60 characters and shortens the 61st away', () => {
    expect([showRaw('x'.repeat(60)), showRaw('x'.repeat(61))]).toEqual([
      `"${'x'.repeat(60)}"`,
      `"${'x'.repeat(60)}…" (61 characters)`,
    ]);
  });

  it('never cuts a character in two', () => {
    expect(showRaw('x'.repeat(59) + '😀y')).toBe(`"${'x'.repeat(59)}…" (62 characters)`);
  });

  it.each([
    ['postgres://admin:hunter2@db/x', '"postgres://[secure]@db/x"'],
    ['https://api/x?token=hunter2', '"https://api/x?token=[secure]"'],
    ['//admin:hunter2@db', '"//[secure]@db"'],
    ['postgres://admin:hun/ter@2 hunter2@db', '"postgres://[secure]@db"'],
    ['admin:hunter2@db:5432', '"[secure]@db:5432"'],
    ['admin:hunter2@db see https://docs', '"[secure]@db see https://docs"'],
    ['a@example.com', '"a@example.com"'],
    ['http://example.com', '"http://example.com"'],
  ])('masks the credentials of %s', (text, shown) => {
    expect(showRaw(text)).toBe(shown);
  });

  it('shows nothing of a secret, neither type nor length', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(showRaw(value, { secret: true })).toBe('[secure]');
      }),
    );
  });

  it('shows any value within a bounded length', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(showRaw(value).length).toBeLessThan(600);
      }),
    );
  });
});
