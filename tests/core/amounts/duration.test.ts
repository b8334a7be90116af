import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import { Duration } from '../../../src/core/index.js';

describe('Duration.of', () => {
  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['1w', 604_800_000],
    ['1w2d3h4m5s6ms', 788_645_006],
    ['0s', 0],
    ['1.5s', 1_500],
    ['1h0.5m', 3_630_000],
    ['1.005s', 1_005],
    ['PT1H30M', 5_400_000],
    ['P2W', 1_209_600_000],
    ['P1W1D', 691_200_000],
    ['P1DT12H', 129_600_000],
    ['PT0.5S', 500],
    ['9007199254740991ms', Number.MAX_SAFE_INTEGER],
  ])('reads %s', (text, milliseconds) => {
    expect(Duration.of(text).milliseconds).toBe(milliseconds);
  });

  it('returns a duration as it is', () => {
    const tenSeconds = Duration.of('10s');
    expect(Duration.of(tenSeconds)).toBe(tenSeconds);
  });

  it('asks for a unit', () => {
    expect(() => Duration.of('10')).toThrow(
      new TypeError(
        'Duration.of: must be a duration with a unit, such as 500ms, 10s or 1h30m, got "10"; a unit is required after the number: ms, s, m, h, d or w.',
      ),
    );
  });

  it('tells a plain JavaScript caller what to write instead of a number', () => {
    // The types forbid a number; JavaScript does not.
    expect(() => Duration.of(10 as unknown as string)).toThrow(
      new TypeError(
        "Duration.of: takes a text with a unit or a Duration, not a number; write Duration.of('10s') or Duration.ofSeconds(10).",
      ),
    );
  });

  it('shortens a long text in its message', () => {
    expect(() => Duration.of('x'.repeat(1_000))).toThrow(`got "${'x'.repeat(60)}…"`);
  });
});

describe('Duration.diagnose', () => {
  const malformed = ['', ' ', 's', ' 10s', '10us', '1h1h', '30m1h', '1e3s', '.5s', '5.s', '٣s', '0x10s'];
  it.each([
    ['2 minutes', 'm'],
    ['10S', 's'],
    ['10 s', 's'],
    ['3hrs', 'h'],
    ['250 millis', 'ms'],
    ['1 Week', 'w'],
  ])('says how the unit of %j is written', (text, unit) => {
    expect(Duration.diagnose(text)?.hint).toBe(`write the unit ${unit}, without a blank, such as 10${unit}`);
  });

  it.each([...malformed, 'P', 'PT', 'P1DT', 'P1H', 'pt1h', 'PT1M1H', '1_000ms'])('finds %j malformed', (text) => {
    expect(Duration.diagnose(text)).toMatchObject({
      code: 'not-a-duration',
      hint: expect.stringContaining('ISO 8601'),
    });
  });

  it.each(['0', '10', '1.5', '1_000', '007'])('finds no unit in %j', (text) => {
    expect(Duration.diagnose(text)?.code).toBe('unit-required');
  });

  it.each(['P1Y', 'P1M', 'P1Y2M3DT4H', 'P0.5Y'])('explains why %s has no fixed length', (text) => {
    expect(Duration.diagnose(text)).toEqual({
      code: 'no-fixed-length',
      expected: 'a duration of fixed length',
      hint: 'years and months differ in length; write weeks, days or hours, such as P30D or 30d',
    });
  });

  it.each(['-5s', '-PT5S', 'PT-5S'])('refuses the negative %s', (text) => {
    expect(Duration.diagnose(text)?.hint).toBe('a duration is never negative');
  });

  it.each(['0.5ms', '1.0005s', 'PT0.0001S'])('refuses %s, which is finer than a millisecond', (text) => {
    expect(Duration.diagnose(text)).toMatchObject({ code: 'not-a-duration', hint: 'the finest duration is 1ms' });
  });

  it('refuses a fraction before the last part', () => {
    expect(Duration.diagnose('1.5h30m')?.hint).toContain('only the last part');
  });

  it.each(['9007199254740992ms', '9007199254740w', '9007199254740991ms9007199254740991ms', '9007199254740s992ms'])(
    'refuses %s, which a double cannot hold',
    (text) => {
      expect(Duration.diagnose(text)?.code).toMatch(/^(?:duration-out-of-range|not-a-duration)$/);
    },
  );

  it('names the range when parts overflow only together', () => {
    expect(Duration.diagnose('9007199254740s992ms')?.code).toBe('duration-out-of-range');
  });

  it('finds nothing wrong with a good text', () => {
    expect(Duration.diagnose('10s')).toBeUndefined();
  });

  it.each(['a'.repeat(50_000) + '!', '1'.repeat(50_000) + 's', '1h'.repeat(50_000), 'P' + '1'.repeat(50_000) + '!'])(
    'looks at a bounded part of a huge text',
    (text) => {
      expect(Duration.diagnose(text)?.code).toBe('not-a-duration');
    },
  );
});

describe('Duration.parse', () => {
  it('gives undefined for a text that is no duration', () => {
    expect(Duration.parse('soon')).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(Duration.parse(text) === undefined).toBe(Duration.diagnose(text) !== undefined);
      }),
    );
  });
});

describe('Duration from an amount', () => {
  it.each([
    [Duration.ofMilliseconds(5), '5ms'],
    [Duration.ofSeconds(1.005), '1.005s'],
    [Duration.ofMinutes(90), '1h30m'],
    [Duration.ofHours(1.5), '1h30m'],
    [Duration.ofDays(1), '1d'],
    [Duration.ofWeeks(2), '2w'],
  ])('is %s', (duration, text) => {
    expect(duration.toString()).toBe(text);
  });

  it.each([-1, 0.5, NaN, Infinity, 1e21, 2 ** 53])('refuses %d milliseconds', (amount) => {
    expect(() => Duration.ofMilliseconds(amount)).toThrow(
      new TypeError(
        `Duration.ofMilliseconds: must be whole milliseconds from 0 to 9007199254740991, got ${String(amount)}.`,
      ),
    );
  });
});

describe('Duration as a value', () => {
  it.each([
    ['0ms', '0s'],
    ['90m', '1h30m'],
    ['1500ms', '1.5s'],
    ['1s1ms', '1.001s'],
    ['3600005ms', '1h5ms'],
    ['24h', '1d'],
    ['10d', '10d'],
    ['14d', '2w'],
    ['7d12h', '7d12h'],
  ])('writes %s as %s', (text, canonical) => {
    expect(`${Duration.of(text).toString()} ${JSON.stringify(Duration.of(text))}`).toBe(`${canonical} "${canonical}"`);
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (milliseconds) => {
        const duration = Duration.ofMilliseconds(milliseconds);
        expect(Duration.of(duration.toString()).milliseconds).toBe(milliseconds);
      }),
    );
  });

  it('converts to every unit', () => {
    const { weeks, days, hours, minutes, seconds } = Duration.of('1w');
    expect([weeks, days, hours, minutes, seconds]).toEqual([1, 7, 168, 10_080, 604_800]);
  });

  it('compares with < and >', () => {
    expect([Duration.of('90s') > Duration.of('1m'), Duration.of('90s') < Duration.of('1m')]).toEqual([true, false]);
  });

  it('equals the same length however written', () => {
    expect([Duration.of('90m').equals(Duration.of('PT1H30M')), Duration.of('1s').equals(Duration.of('1m'))]).toEqual([
      true,
      false,
    ]);
  });

  it('differs from another length in a deep comparison', () => {
    expect(Duration.of('1s')).not.toEqual(Duration.of('2s'));
  });

  it('cannot be changed', () => {
    const duration = Duration.of('1s');
    expect(() => {
      // Only a cast lets this compile.
      (duration as { milliseconds: number }).milliseconds = 5;
    }).toThrow(TypeError);
  });

  it('prints itself short', () => {
    expect(inspect({ timeout: Duration.of('90m') })).toBe('{ timeout: Duration(1h30m) }');
  });

  it('is recognised across two copies of the package', () => {
    const foreign = Object.create({ [Symbol.for('uno-config.Duration')]: true }) as unknown;
    expect([foreign, Duration.of('1s'), { milliseconds: 1 }, null, '1s'].map((value) => Duration.is(value))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
