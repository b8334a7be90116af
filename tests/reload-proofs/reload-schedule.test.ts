import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import fc, { type Scheduler } from '../fast-check.js';
import { answerAt, compare } from './compare.js';
import { answer, source } from './model-commands.js';
import { ReloadModel, type ShownEvent } from './model-state.js';
import { ReloadWorld } from './model-world.js';
import { settle } from './settle.js';

/** What one of several actors does, to the model and to the service in the same moment. */
interface Act {
  readonly label: string;
  readonly run: (model: ReloadModel, world: ReloadWorld) => void;
}

const edit = fc.tuple(source, answer).map(([at, said]): Act => ({
  label: `source ${String(at)} says ${fc.stringify(said)} and tells`,
  run: (model, world) => {
    model.truth[at] = said;
    world.say(at, said);
    world.changed(at);
    model.hint(at);
  },
}));

const request = fc.constantFrom('asked', 'asked again').map((reason): Act => ({
  label: `reload "${reason}"`,
  run: (model, world) => {
    world.track(model.request(reason), async () => world.reloads.reload(reason));
  },
}));

const wait = fc.constantFrom(50, 100).map((milliseconds): Act => ({
  label: `${String(milliseconds)} ms pass`,
  run: (model, world) => {
    model.advance(milliseconds);
    world.clock.advance(milliseconds);
  },
}));

const hold = fc.boolean().map((pauses): Act => ({
  label: pauses ? 'pause' : 'resume',
  run: (model, world) => {
    const act = pauses ? 'pause' : 'resume';
    model[act]();
    world.reloads[act]();
  },
}));

/** Whoever edits, two who ask, time, and an operator: each does its own in order, all of them at once. */
const actors = fc.tuple(
  fc.array(edit, { maxLength: 6 }),
  fc.array(request, { maxLength: 3 }),
  fc.array(request, { maxLength: 3 }),
  fc.array(wait, { maxLength: 4 }),
  fc.array(hold, { maxLength: 2 }),
);

/** Hands everything to the scheduler: what actors do, and the moment at which each question to a source is answered. */
function schedule(
  scheduler: Scheduler,
  world: ReloadWorld,
  all: readonly (readonly Act[])[],
  act: (act: Act) => void,
  respond: (place: number) => void,
): void {
  world.onAsked = (at) => {
    const question = world.pending.at(-1);
    void scheduler.schedule(Promise.resolve(), `source ${String(at)} answers`).then(() => {
      const place = world.pending.findIndex((other) => other === question);
      if (place >= 0) respond(place);
    });
  };
  for (const acts of all) {
    scheduler.scheduleSequence(
      acts.map((one) => ({
        label: one.label,
        builder: async () => {
          act(one);
          return Promise.resolve();
        },
      })),
    );
  }
}

describe('the reload service under a scheduler', () => {
  it('is where its model is, in whatever order answers come and whoever asks meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), actors, async (scheduler, all) => {
        const model = new ReloadModel();
        const world = await new ReloadWorld().open();
        schedule(
          scheduler,
          world,
          all,
          ({ run }) => {
            run(model, world);
          },
          (place) => {
            answerAt(model, world, place);
          },
        );
        while (scheduler.count() > 0) {
          await scheduler.waitNext(1);
          await compare(model, world);
        }
        world.onAsked = () => undefined;
        await settle(model, world);
        expect(world.current.values).toEqual([2, 3]);
        await world.reloads.close();
      }),
    );
  });

  it('loses, repeats and invents nothing when nobody waits for it to come to rest', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), actors, async (scheduler, all) => {
        // The model takes the acts, too, and is not asked: it moves at once, and the service while more happens.
        const model = new ReloadModel();
        const world = await new ReloadWorld().open();
        const ledger = new Ledger();
        const track = world.track.bind(world);
        world.track = (number, make) => {
          ledger.requested(number);
          track(number, async () => {
            const outcome = await make();
            ledger.answered(number);
            return outcome;
          });
        };
        schedule(
          scheduler,
          world,
          all,
          ({ run }) => {
            run(model, world);
          },
          (place) => {
            world.pending.splice(place, 1)[0]?.answer();
          },
        );
        const observe = world.onAsked;
        world.onAsked = (at) => {
          ledger.asked(at);
          observe(at);
        };
        while (scheduler.count() > 0) await scheduler.waitNext(1);
        await comeToRest(world, ledger);
        checkEvents(world);
        expect(world.current.values).toEqual([2, 3]);
        await world.reloads.close();
      }),
    );
  });
});

/** Answers, waits and asks once more for values that are known. */
async function comeToRest(world: ReloadWorld, ledger: Ledger): Promise<void> {
  world.onAsked = (at) => {
    ledger.asked(at);
    world.pending.pop()?.answer();
  };
  for (const { answer: say } of world.pending.splice(0)) say();
  world.reloads.resume();
  for (let left = 1_000; left > 0 && ledger.isWaiting; left--) await turn();
  expect([ledger.isWaiting, ledger.hasty]).toEqual([false, []]);
  world.say(0, [2, 2]);
  world.say(1, [undefined, 3]);
  await world.reloads.reload('the end');
  await world.reloads.events.drain();
}

/** Who asked when, and which sources have been asked since. */
class Ledger {
  /** Requests that were answered without a look at every source. */
  public readonly hasty: number[] = [];
  readonly #waiting = new Map<number, Set<number>>();

  public get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  public requested(request: number): void {
    this.#waiting.set(request, new Set());
  }

  public asked(at: number): void {
    for (const sources of this.#waiting.values()) sources.add(at);
  }

  /** A request is answered once, by a reload that has read every source after it. */
  public answered(request: number): void {
    if (this.#waiting.get(request)?.size !== 2) this.hasty.push(request);
    this.#waiting.delete(request);
  }
}

/** The events tell a story without gaps, from the first values to those in use. */
function checkEvents({ events, current }: ReloadWorld): void {
  const told = new Map<unknown, unknown>([
    ['s0.n', 1],
    ['s1.n', 1],
  ]);
  let number = 1;
  let rejections = 0;
  let isUnchanged = false;
  for (const event of events) {
    if (event.type === 'SourceStale' || event.type === 'SourceRecovered') continue;
    if (event.type === 'ConfigReloadRejected') {
      // What changed nothing heals nothing, but where the sources agree with what is in use.
      expect([rejections + 1, isUnchanged ? 1 : rejections + 1]).toContain(event['attempt']);
      rejections = Number(event['attempt']);
    } else if (event.type === 'ConfigChanged') rejections = 0;
    isUnchanged = event.type === 'ConfigUnchanged';
    if (event.type === 'ConfigChanged') {
      expect([event['previous'], event['generation']]).toEqual([number, number + 1]);
      number++;
      for (const [path, before, after] of changesOf(event)) {
        expect([path, told.get(path)]).toEqual([path, before]);
        expect(after).not.toBe(before);
        told.set(path, after);
      }
    } else {
      expect(event['generation']).toBe(number);
    }
  }
  expect([number, [...told.values()]]).toEqual([current.number, current.values]);
}

/** What the world shows of changes. */
function changesOf(event: ShownEvent): readonly (readonly unknown[])[] {
  const changes = event['changes'];
  expect(changes).not.toEqual([]);
  return Array.isArray(changes) ? (changes as readonly (readonly unknown[])[]) : [];
}
