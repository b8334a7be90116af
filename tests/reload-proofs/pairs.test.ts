import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import { silentLogger } from '../../src/core/index.js';
import { ConfigStore, loadGeneration, type Generation } from '../../src/runtime/index.js';
import { InsideCall } from '../../src/runtime/reload/inside-call.js';
import { OpenWork } from '../../src/runtime/reload/open-work.js';
import type { Participant } from '../../src/runtime/reload/participant.js';
import { Transaction } from '../../src/runtime/reload/transaction.js';
import { ConfigSection } from '../../src/sections/index.js';
import { object } from '../../src/sources/index.js';
import fc from '../fast-check.js';
import { FakeClock } from '../runtime/fake-clock.js';

@ConfigSection('a')
class A {
  @IsInt() public n: number = 0;
}

@ConfigSection('b')
class B {
  @IsInt() public n: number = 0;
}

/** What a participant made, for as long as it is open. */
interface Resource {
  readonly from: number;
  readonly needs: readonly Resource[];
}

/** Participants that know what of theirs is open, and that nothing is closed before what uses it. */
class Plant {
  public vetoed: string | undefined;
  public readonly open = new Map<string, Set<Resource>>();
  public readonly faults: string[] = [];
  public readonly participants: readonly Participant[];

  public constructor() {
    const agent = this.#participant('agent', [1], []);
    const pool = this.#participant('pool', [0], [agent]);
    this.participants = [this.#participant('work', [0, 1], [pool]), pool, agent];
  }

  public count(name: string): number {
    return this.open.get(name)?.size ?? 0;
  }

  #participant(name: string, from: readonly number[], needs: readonly Participant[]): Participant {
    const open = new Set<Resource>();
    this.open.set(name, open);
    return {
      name,
      kind: 'resource',
      from,
      needs,
      prepare: ({ next, needs: made }) => {
        if (this.vetoed === name) throw new Error('no');
        // What the participants of this plant made.
        const value: Resource = { from: next.number, needs: made as readonly Resource[] };
        if (value.needs.some((need) => !this.#isOpen(need))) this.faults.push(`${name} is made from what is closed`);
        open.add(value);
        const close = (): void => {
          if (!open.delete(value)) this.faults.push(`${name} is closed twice`);
          const users = [...this.open.values()].flatMap((others) => [...others]);
          if (users.some((user) => user.needs.includes(value))) this.faults.push(`${name} is closed before its user`);
        };
        return { value, abandon: close, drain: close };
      },
    };
  }

  #isOpen(value: Resource): boolean {
    return [...this.open.values()].some((open) => open.has(value));
  }
}

const act = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      a: fc.nat(3),
      b: fc.nat(3),
      vetoed: fc.constantFrom(undefined, undefined, 'work', 'agent'),
    }),
  },
  { weight: 2, arbitrary: fc.constant('trust' as const) },
  { weight: 2, arbitrary: fc.constant('go back' as const) },
);

describe('pairs of settings and resources', () => {
  it('are two at most at any time, one at rest and none after the end, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
        const plant = new Plant();
        const load = async ({ a, b }: { a: number; b: number }, previous?: Generation): Promise<Generation> =>
          loadGeneration(
            { sections: [A, B], sources: [object({ a: { n: a }, b: { n: b } })], environment: 'test', env: {} },
            previous && { previous },
          );
        const store = new ConfigStore(await load({ a: 0, b: 0 }));
        const life = new AbortController();
        const transaction = new Transaction({
          store,
          participants: () => plant.participants,
          clock: new FakeClock(),
          logger: silentLogger,
          work: new OpenWork(),
          signal: life.signal,
          prepareTimeout: 1_000,
          inside: new InsideCall(),
        });
        const move = async (next: Generation, previous?: Generation): Promise<void> => {
          const prepared = await transaction.prepare(next, previous).catch(() => undefined);
          if (prepared !== undefined) transaction.commit(prepared);
          await turn();
        };
        await move(store.current);
        transaction.trust();
        for (const one of acts) {
          if (one === 'trust') transaction.trust();
          else if (one === 'go back') await (transaction.isUnproven ? transaction.goBack() : undefined);
          else {
            plant.vetoed = one.vetoed;
            await move(await load(one, store.current), store.current);
          }
          await turn();
          for (const name of plant.open.keys()) {
            const counts = transaction.isUnproven ? [1, 2] : [1];
            expect([name, counts.includes(plant.count(name))]).toEqual([name, true]);
          }
          // What is in use is open.
          for (const { value } of store.pair.resources.values()) {
            expect([...plant.open.values()].filter((open) => open.has(value as Resource))).toHaveLength(1);
          }
        }
        life.abort();
        transaction.close();
        await turn();
        expect([[...plant.open.values()].map(({ size }) => size), plant.faults]).toEqual([[0, 0, 0], []]);
      }),
    );
  });
});
