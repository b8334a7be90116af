import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import { ByteSize } from '../../../src/core/index.js';

describe('ByteSize.of', () => {
  it.each([
    ['512B', 512],
    ['0B', 0],
    ['64KiB', 65_536],
    ['1.5KiB', 1_536],
    ['1MiB', 1_048_576],
    ['1GiB', 1_073_741_824],
    ['1TiB', 1_099_511_627_776],
    ['10kB', 10_000],
    ['10KB', 10_000],
    ['10MB', 10_000_000],
    ['1.1GB', 1_100_000_000],
    ['1TB', 1_000_000_000_000],
    ['9007199254740991B', Number.MAX_SAFE_INTEGER],
  ])('reads %s', (text, bytes) => {
    expect(ByteSize.of(text).bytes).toBe(bytes);
  });

  it('returns a size as it is', () => {
    const size = ByteSize.of('1KiB');
    expect(ByteSize.of(size)).toBe(size);
  });

  it('asks for a unit', () => {
    expect(() => ByteSize.of('1024')).toThrow(
      new TypeError(
        'ByteSize.of: must be a size with a unit, such as 512B, 64KiB or 10MB, got "1024"; a unit is required after the number: B, KiB, MiB, GiB, TiB, kB, MB, GB or TB.',
      ),
    );
  });

  it('tells a plain JavaScript caller what to write instead of a number', () => {
    // The types forbid a number; JavaScript does not.
    expect(() => ByteSize.of(64 as unknown as string)).toThrow(
      new TypeError(
        "ByteSize.of: takes a text with a unit or a ByteSize, not a number; write ByteSize.of('64KiB') or ByteSize.ofKibibytes(64).",
      ),
    );
  });
});

describe('ByteSize.diagnose', () => {
  it.each([
    '',
    ' ',
    'KiB',
    '1 KiB',
    ' 1KiB',
    '1kb',
    '1mb',
    '1K',
    '1Mi',
    '1kib',
    '1KiB1B',
    '1e3B',
    '.5KiB',
    '١B',
    '1PB',
  ])('finds %j malformed', (text) => {
    expect(ByteSize.diagnose(text)).toMatchObject({
      code: 'not-a-byte-size',
      hint: expect.stringContaining('powers of 1024'),
    });
  });

  it.each([
    ['10Mi', 'MiB (powers of 1024)'],
    ['10 kibibytes', 'KiB (powers of 1024)'],
    ['10mb', 'MB (powers of 1000) or MiB (powers of 1024)'],
    ['10G', 'GB (powers of 1000) or GiB (powers of 1024)'],
    ['10 gigabytes', 'GB (powers of 1000) or GiB (powers of 1024)'],
    ['10k', 'kB (powers of 1000) or KiB (powers of 1024)'],
    ['10 bytes', 'B'],
  ])('says how the unit of %j is written', (text, unit) => {
    expect(ByteSize.diagnose(text)?.hint).toBe(`write the unit ${unit}, without a blank`);
  });

  it.each(['0', '1024', '1.5', '1_000'])('finds no unit in %j', (text) => {
    expect(ByteSize.diagnose(text)?.code).toBe('unit-required');
  });

  it('refuses a negative size', () => {
    expect(ByteSize.diagnose('-1KiB')?.hint).toBe('a size is never negative');
  });

  it.each(['0.5B', '1.0001KiB', '0.1KiB'])('refuses %s, which is no whole number of bytes', (text) => {
    expect(ByteSize.diagnose(text)?.expected).toBe('a size of whole bytes');
  });

  it.each(['9007199254740992B', '9000TiB'])('refuses %s, which a double cannot hold', (text) => {
    expect(ByteSize.diagnose(text)?.code).toBe('byte-size-out-of-range');
  });

  it('finds nothing wrong with a good text', () => {
    expect(ByteSize.diagnose('64KiB')).toBeUndefined();
  });

  it.each(['a'.repeat(50_000) + '!', '1'.repeat(50_000) + 'B', '1.' + '0'.repeat(50_000) + 'KiB'])(
    'looks at a bounded part of a huge text',
    (text) => {
      expect(ByteSize.diagnose(text)?.code).toBe('not-a-byte-size');
    },
  );
});

describe('ByteSize.parse', () => {
  it('gives undefined exactly when there is something to diagnose', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(ByteSize.parse(text) === undefined).toBe(ByteSize.diagnose(text) !== undefined);
      }),
    );
  });
});

describe('ByteSize from an amount', () => {
  it.each([
    [ByteSize.ofBytes(5), '5B'],
    [ByteSize.ofKibibytes(1.5), '1536B'],
    [ByteSize.ofMebibytes(1), '1MiB'],
    [ByteSize.ofGibibytes(2), '2GiB'],
    [ByteSize.ofTebibytes(3), '3TiB'],
  ])('is %s', (size, text) => {
    expect(size.toString()).toBe(text);
  });

  it.each([-1, 0.5, NaN, Infinity, 1e21, 2 ** 53])('refuses %d bytes', (amount) => {
    expect(() => ByteSize.ofBytes(amount)).toThrow(
      new TypeError(`ByteSize.ofBytes: must be whole bytes from 0 to 9007199254740991, got ${String(amount)}.`),
    );
  });
});

describe('ByteSize as a value', () => {
  it.each([
    ['0KiB', '0B'],
    ['65536B', '64KiB'],
    ['1024KiB', '1MiB'],
    ['10000kB', '10MB'],
    ['1000000000000B', '1TB'],
    ['513B', '513B'],
    ['1024000B', '1000KiB'],
  ])('writes %s as %s', (text, canonical) => {
    expect(`${ByteSize.of(text).toString()} ${JSON.stringify(ByteSize.of(text))}`).toBe(`${canonical} "${canonical}"`);
  });

  it('reads back what it writes', () => {
    const bytes = fc.oneof(
      fc.maxSafeNat(),
      fc.tuple(fc.nat(8_000), fc.constantFrom(1024, 1024 ** 2, 1e6, 1e9)).map(([count, unit]) => count * unit),
    );
    fc.assert(
      fc.property(bytes, (amount) => {
        expect(ByteSize.of(ByteSize.ofBytes(amount).toString()).bytes).toBe(amount);
      }),
    );
  });

  it('converts to every unit', () => {
    const { tebibytes, gibibytes, mebibytes, kibibytes } = ByteSize.of('1TiB');
    expect([tebibytes, gibibytes, mebibytes, kibibytes]).toEqual([1, 1024, 1024 ** 2, 1024 ** 3]);
  });

  it('compares with < and >', () => {
    expect([ByteSize.of('1MB') < ByteSize.of('1MiB'), ByteSize.of('1MB') > ByteSize.of('1MiB')]).toEqual([true, false]);
  });

  it('equals the same size however written', () => {
    expect([ByteSize.of('1KiB').equals(ByteSize.of('1024B')), ByteSize.of('1KiB').equals(ByteSize.of('1kB'))]).toEqual([
      true,
      false,
    ]);
  });

  it('differs from another size in a deep comparison', () => {
    expect(ByteSize.of('1B')).not.toEqual(ByteSize.of('2B'));
  });

  it('cannot be changed', () => {
    const size = ByteSize.of('1B');
    expect(() => {
      // Only a cast lets this compile.
      (size as { bytes: number }).bytes = 5;
    }).toThrow(TypeError);
  });

  it('prints itself short', () => {
    expect(inspect({ limit: ByteSize.of('1024B') })).toBe('{ limit: ByteSize(1KiB) }');
  });

  it('is recognised across two copies of the package', () => {
    const foreign = Object.create({ [Symbol.for('uno-config.ByteSize')]: true }) as unknown;
    expect([foreign, ByteSize.of('1B'), { bytes: 1 }, null, '1B'].map((value) => ByteSize.is(value))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
