import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import { SharedMap } from '../../src/runtime/shared-map.js';

/** Enough keys for several chunks, few enough that changes meet each other. */
const key = fc.integer({ min: 0, max: 199 }).map((number) => `key${String(number)}`);
const changes = fc.array(fc.tuple(key, fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined })), {
  maxLength: 8,
});

const entriesOf = (map: Iterable<readonly [string, unknown]>) =>
  [...map].sort(([one], [other]) => (one < other ? -1 : 1));

describe('a shared map', () => {
  it('holds what a copy of a map would, and so do all those that it was made from', () => {
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.nat(3), { maxKeys: 150 }),
        fc.array(changes, { maxLength: 12 }),
        (first, steps) => {
          let model: ReadonlyMap<string, number> = new Map(Object.entries(first));
          let map = SharedMap.of(model);
          const made = [{ model, map }];
          for (const step of steps) {
            const copy = new Map(model);
            for (const [at, value] of step) {
              if (value === undefined) copy.delete(at);
              else copy.set(at, value);
            }
            model = copy;
            map = map.with(new Map(step));
            made.push({ model, map });
          }
          for (const each of made) {
            expect(entriesOf(each.map)).toEqual(entriesOf(each.model));
            const all = new Set([...each.model.keys(), ...model.keys()]);
            const differing = [...all].filter((at) => each.model.get(at) !== model.get(at));
            expect([...each.map.differing(map)].sort()).toEqual(differing.sort());
            for (const at of all) expect(each.map.get(at)).toBe(each.model.get(at));
          }
        },
      ),
    );
  });

  it('is itself when nothing would differ', () => {
    const map = SharedMap.of([['a', 1]]);
    const same = map.with(
      new Map([
        ['a', 1],
        ['b', undefined],
      ]),
    );
    expect(same).toBe(map);
  });
});
