import { describe, expect, it } from '@jest/globals';
import { FlagSet } from '../../../src/flags/flag-set.js';
import { changedKeys } from '../../../src/flags/flag-set.js';
import { checkFlags } from '../../../src/flags/check-flags.js';
import type { DefinedFlag, DefinedFlags } from '../../../src/flags/defined-flags.js';
import fc from '../../fast-check.js';
import { driver, onOff } from './flag-world.js';

const engine = await driver();
const now = () => 0;

function decide(defined: DefinedFlags, key: string, context: object) {
  const set = new FlagSet(defined, engine);
  return set.flag(key)?.decide({ ...context }, set, now);
}

const share = (percent: number, seed?: string): DefinedFlag => ({
  state: 'ENABLED',
  ...onOff,
  targeting: {
    fractional: [
      ...(seed === undefined ? [] : [{ cat: [seed, { var: 'targetingKey' }] }]),
      ['on', percent],
      ['off', 100 - percent],
    ],
  },
});

describe('a share', () => {
  it('drops nobody when it is raised', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100 }),
        (targetingKey, one, other) => {
          const [low, high] = one < other ? [one, other] : [other, one];
          const isIn = (percent: number) =>
            decide({ flags: { f: share(percent) } }, 'f', { targetingKey })?.value === true;
          expect(isIn(low) && !isIn(high)).toBe(false);
        },
      ),
    );
  });

  it('takes the same members for flags with one seed, and about as many as it says', () => {
    const flags = { a: share(30, 'spring'), b: share(30, 'spring'), c: share(30) };
    const set = new FlagSet({ flags }, engine);
    const members = (key: string) =>
      Array.from({ length: 1_000 }, (_, id) => ({ targetingKey: `user ${String(id)}` })).map(
        (context) => set.flag(key)?.decide(context, set, now).value,
      );
    const [a, b, c] = [members('a'), members('b'), members('c')];
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
    expect(a.filter((isIn) => isIn === true).length / 1_000).toBeCloseTo(0.3, 1);
  });
});

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'] as const;

/** Flags that may need only those before them in the alphabet. */
const graphs = fc.tuple(
  ...KEYS.map((key, index) =>
    fc.record({
      key: fc.constant(key),
      variant: fc.constantFrom('on', 'off'),
      needs: fc.subarray(KEYS.slice(0, index)),
      wanted: fc.constantFrom('on', 'off'),
      state: fc.constantFrom('ENABLED' as const, 'DISABLED' as const, 'ENABLED' as const),
    }),
  ),
);

describe('prerequisites', () => {
  it('are as a model has them', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const flags = Object.fromEntries(
          graph.map(({ key, variant, needs, wanted, state }) => {
            const prerequisites = Object.fromEntries(needs.map((need) => [need, wanted]));
            return [key, { ...onOff, state, defaultVariant: variant, offVariant: 'off', prerequisites }];
          }),
        );
        expect(checkFlags({ flags })).toEqual([]);
        // One after the other, because none needs a later one.
        const model = new Map<string, string | undefined>();
        for (const { key, variant, needs, wanted, state } of graph) {
          const isMet = needs.every((need) => model.get(need) === wanted);
          model.set(key, state === 'DISABLED' ? undefined : isMet ? variant : 'off');
        }
        const set = new FlagSet({ flags }, undefined);
        for (const key of KEYS) expect(set.flag(key)?.decide({}, set, now).variant).toBe(model.get(key));
      }),
    );
  });

  it('in a circle are refused, however long it is', () => {
    const flags: Record<string, DefinedFlag> = {};
    for (let at = 0; at < 20_000; at++) {
      flags[`f${String(at)}`] = {
        state: 'ENABLED',
        ...onOff,
        prerequisites: { [`f${String((at + 1) % 20_000)}`]: 'on' },
      };
    }
    expect(checkFlags({ flags }).map(({ message }) => message)).toEqual([
      'prerequisites go in a circle: f0 -> f1 -> f2 -> f3 -> f4 -> f5 -> f6 -> f7 …',
    ]);
  });

  it('that would be evaluated over and over are refused', () => {
    const flags: Record<string, DefinedFlag> = { f0: { state: 'ENABLED', ...onOff } };
    for (let at = 1; at < 40; at++) {
      const below = Object.fromEntries(
        [at - 1, at - 2].filter((each) => each >= 0).map((each) => [`f${String(each)}`, 'on']),
      );
      flags[`f${String(at)}`] = { state: 'ENABLED', ...onOff, prerequisites: below };
    }
    expect(checkFlags({ flags })[0]).toMatchObject({
      path: 'flags.f9.prerequisites',
      message: 'its prerequisites, with theirs, are more than 99 evaluations',
    });
  });
});

describe('a reload', () => {
  it('of one flag among 10,000 compiles one', () => {
    const flag = (country: string): DefinedFlag => ({
      state: 'ENABLED',
      ...onOff,
      targeting: { if: [{ '==': [{ var: 'country' }, country] }, 'on'] },
    });
    const flags = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`f${String(at)}`, flag('DE')]));
    const set = new FlagSet({ flags }, engine);
    const asked = Object.keys(flags).slice(0, 100);
    const before = asked.map((key) => set.flag(key));
    const next = { flags: { ...structuredClone(flags), f7: flag('FR') } };
    const changed = changedKeys({ flags }, next);
    expect([...changed]).toEqual(['f7']);
    const after = new FlagSet(next, engine);
    after.takeOver(set, changed);
    expect(after.size).toBe(99);
    const same = asked.filter((key, at) => after.flag(key) === before[at]);
    expect(same).toHaveLength(99);
    expect(after.flag('f7')?.decide({ country: 'FR' }, after, now).value).toBe(true);
  });
});
