import { describe, expect, it } from '@jest/globals';
import { Duration } from '../../../src/index.js';
import { keysDue, retireKey } from '../../../src/security/index.js';
import { generateKeyset, rotateKey } from '../keysets.js';

const DAY = 86_400_000;
const at = (time: number) => ({ now: () => time, monotonic: () => 0, after: () => () => undefined });

describe('keysDue', () => {
  it('names the primary keys that are that old, and no others', () => {
    const first = generateKeyset('orders', { clock: at(0) });
    const rotated = rotateKey(first, 'encrypt', { clock: at(50 * DAY) });
    for (const document of [rotated, retireKey(rotated, 'orders/1')]) {
      const dueAt = (days: number): string[] => keysDue(document, '90d', at(days * DAY)).map(({ kid }) => kid);
      expect([dueAt(89), dueAt(90), dueAt(140)]).toEqual([[], ['orders/2'], ['orders/2', 'orders/3']]);
    }
  });

  it('takes an age in any unit, or a Duration', () => {
    const document = generateKeyset('orders', { uses: ['encrypt'], clock: at(0) });
    for (const age of ['14d', '2w', '336h', '20160m', '1209600s', Duration.of('14d')]) {
      const due = [14 * DAY - 1, 14 * DAY].map((time) => keysDue(document, age, at(time)).length);
      expect(due).toEqual([0, 1]);
    }
  });

  it.each(['', '90', '90y', '-1d', '0d', '1.5d', { milliseconds: 0 }, { milliseconds: NaN }])('refuses %j', (age) => {
    expect(() => keysDue(generateKeyset('orders'), age)).toThrow(
      new TypeError("keysDue: age must be a Duration or a text such as '90d', and more than nothing."),
    );
  });
});
