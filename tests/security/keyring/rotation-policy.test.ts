import { describe, expect, it } from '@jest/globals';
import { Duration } from '../../../src/sections/index.js';
import {
  keysDue,
  Keyset,
  rotateAfter,
  rotateAfterUses,
  rotateWhenAll,
  rotateWhenAny,
} from '../../../src/security/index.js';
import { cfg, generateKeyset, rotateKey } from '../keysets.js';

const DAY = 86_400_000;
const [key] = generateKeyset('orders').keys;

function due(policy: ReturnType<typeof rotateAfter>, days: number, uses: number): boolean {
  if (key === undefined) throw new Error('a keyset has keys');
  return policy.isDue({ key, age: days * DAY, uses });
}

describe('a rotation policy', () => {
  it('goes by age', () => {
    for (const policy of [rotateAfter('90d'), rotateAfter(Duration.of('90d')), rotateAfter('2160h')]) {
      expect([due(policy, 89.9, 1e9), due(policy, 90, 0)]).toEqual([false, true]);
    }
  });

  it('goes by uses', () => {
    expect([due(rotateAfterUses(5), 1e6, 4), due(rotateAfterUses(5), 0, 5)]).toEqual([false, true]);
  });

  it.each([
    [0, 0, false, false],
    [10, 0, true, false],
    [0, 10, true, false],
    [10, 10, true, true],
  ])('goes by any or all of others: %d days, %d uses', (days, uses, any, all) => {
    const policies = [rotateAfter('10d'), rotateAfterUses(10)];
    expect(due(rotateWhenAny(...policies), days, uses)).toBe(any);
    expect(due(rotateWhenAll(...policies), days, uses)).toBe(all);
  });

  it('without any others is never due', () => {
    expect([due(rotateWhenAny(), 1e6, 1e9), due(rotateWhenAll(), 1e6, 1e9)]).toEqual([false, false]);
  });

  it.each(['90', 'd', '', '0d', '1y', '1d12h', '-1d'])('does not go by the age %j', (age) => {
    expect(() => rotateAfter(age)).toThrow(
      new TypeError("rotateAfter: age must be a Duration or a text such as '90d', and more than nothing."),
    );
  });

  it.each([0, -1, 1.5, NaN, Infinity])('does not go by %d uses', (uses) => {
    expect(() => rotateAfterUses(uses)).toThrow(
      new TypeError('rotateAfterUses: uses must be a whole number from 1 on.'),
    );
  });
});

describe('keysDue', () => {
  it('names the primary keys that are due, and no others', () => {
    const at = (time: number) => ({ now: () => time, monotonic: () => 0, after: () => () => undefined });
    const first = generateKeyset('orders', { clock: at(0) });
    const keyset = Keyset.of(rotateKey(first, 'encrypt', { clock: at(50 * DAY) }));
    const dueAt = (days: number, policy = rotateAfter('90d')): string[] =>
      keysDue(keyset, policy, at(days * DAY)).map(({ kid }) => kid);
    expect([dueAt(89), dueAt(90), dueAt(140)]).toEqual([[], ['orders/2'], ['orders/2', 'orders/3']]);
    keyset.encrypt(Buffer.from('swordfish'), cfg);
    expect(dueAt(0, rotateAfterUses(1))).toEqual(['orders/3']);
  });
});
