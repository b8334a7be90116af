import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { heldBytes } from '../collected.js';
import { startThreadTime } from '../cpu-time.js';
import { ConfigSection } from '../../src/sections/index.js';
import fc from '../fast-check.js';
import { PROOF_RUNS } from '../proof-runs.js';
import { documents, TenantWorld } from './tenant-world.js';

@ConfigSection('brand')
class BrandSettings {
  @IsString() name: string = 'base';
  @IsInt() size: number = 0;
}

@ConfigSection('quota')
class QuotaSettings {
  @IsInt() users: number = 0;
}

/** 200 tenants in every run of the tests, 10,000 of them with PROOF_RUNS=1000. */
const COUNT = PROOF_RUNS * 10;
const ROUNDS = Math.min(100, Math.ceil(PROOF_RUNS / 5));
const IDS = Array.from({ length: COUNT }, (_, at) => `t${String(at)}`);

/** Measures how much CPU time the main thread takes between two turns of the event loop, its part of collections included. */
class SliceWatch {
  /** Of each round, in milliseconds. */
  readonly #rounds: number[][] = [];

  /** The function that is returned ends the round. */
  public begin(): () => void {
    const slices: number[] = [];
    this.#rounds.push(slices);
    let isOn = true;
    let spent = startThreadTime();
    const look = (): void => {
      if (!isOn) return;
      slices.push(spent());
      spent = startThreadTime();
      setImmediate(look);
    };
    setImmediate(look);
    return () => {
      isOn = false;
    };
  }

  /** The median of the longest slices of all rounds. */
  public get typicalLongest(): number {
    return middle(this.#rounds.map((slices) => Math.max(...slices)));
  }

  /**
   * Milliseconds that a slice may take: 10. The few rounds of a sample still compile code, beside tests on the other
   * processor, so there it is a third of a round, which would be one slice without turns.
   */
  public get limit(): number {
    const whole = middle(this.#rounds.map((slices) => slices.reduce((sum, slice) => sum + slice, 0)));
    return this.#rounds.length < 100 ? whole / 3 : 10;
  }

  /** What all slices stay below but one in a thousand. */
  public get almostLongest(): number {
    const slices = this.#rounds.flat().toSorted((one, other) => other - one);
    return slices[Math.ceil(slices.length / 1_000)] ?? NaN;
  }
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? NaN;
}

describe('a storm of reloads over many tenants', () => {
  it('leaves every good one with its settings over the newest base, and keeps every broken one as it was', async () => {
    // One seed for all rounds: which tenants break in which one.
    const [seed = 0] = fc.sample(fc.integer({ min: 0, max: 9 }), 1);
    const isBroken = (at: number, round: number): boolean => round > 0 && at % 10 === (seed + round) % 10;
    const said = (round: number): ReturnType<typeof documents> =>
      documents(
        Object.fromEntries(
          IDS.map((id, at) => [
            id,
            { brand: { name: `${id} in ${String(round)}`, size: isBroken(at, round) ? 'x' : at } },
          ]),
        ),
      );
    await using world = await TenantWorld.of([BrandSettings, QuotaSettings], {}, {}, { limit: { tenants: COUNT } });
    const { tenants } = world;
    world.source.set(said(0));
    await tenants.refresh();
    await tenants.each(() => undefined, { concurrency: 16 });
    expect(tenants.stats()).toMatchObject({ known: COUNT, live: COUNT, quarantined: 0 });
    const room: number[] = [];
    const heap: number[] = [];
    const slices = new SliceWatch();
    for (let round = 1; round <= ROUNDS; round++) {
      world.base.set({ quota: { users: round } });
      const newDocuments = said(round);
      world.source.set(newDocuments);
      const end = slices.begin();
      await Promise.all([world.reloads.reload('storm'), tenants.refresh()]);
      await tenants.refresh();
      end();
      const wrong = IDS.filter((id, at) => {
        const { name, size } = tenants.settings(id, BrandSettings);
        const { users } = tenants.settings(id, QuotaSettings);
        if (!isBroken(at, round)) return name !== `${id} in ${String(round)}` || size !== at || users !== round;
        // All of it is from one earlier time, or from the new base with the document of before.
        return name === `${id} in ${String(round)}` || size !== at;
      });
      expect(wrong).toEqual([]);
      const broken = IDS.filter((_, at) => isBroken(at, round));
      const { quarantined } = tenants.health();
      expect([...quarantined.keys()].sort()).toEqual([...broken].sort());
      expect([...quarantined.values()].every(({ issues }) => issues[0]?.code === 'not-an-integer')).toBe(true);
      room.push(tenants.stats().bytes);
      // What the test itself writes down.
      world.events.length = 0;
      world.logger.records.length = 0;
      heap.push(await heldBytes());
    }
    expect(tenants.stats()).toMatchObject({ live: COUNT });
    expect(new Set(room).size).toBe(1);
    // The first rounds compile what all need.
    const [early, late] = [heap[1] ?? 0, heap.at(-1) ?? 0];
    expect(late - early).toBeLessThan(2_000_000 + 500 * COUNT);
    // One in a thousand is left to the end of a collection of the whole heap, and to what else the machine does.
    expect(slices.almostLongest).toBeLessThan(slices.limit);
    expect(slices.typicalLongest).toBeLessThan(slices.limit);
  });
});
