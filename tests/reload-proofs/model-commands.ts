import { setImmediate as turn } from 'node:timers/promises';
import { expect } from '@jest/globals';
import fc from '../fast-check.js';
import type { Answer, Cell, ReloadModel } from './model-state.js';
import type { ReloadWorld } from './model-world.js';

/** Does the same to both and compares everything that can be seen. */
class Step implements fc.AsyncCommand<ReloadModel, ReloadWorld> {
  readonly #name: string;
  readonly #act: (model: ReloadModel, world: ReloadWorld) => void;
  readonly #applies: (model: Readonly<ReloadModel>) => boolean;

  public constructor(
    name: string,
    act: (model: ReloadModel, world: ReloadWorld) => void,
    applies: (model: Readonly<ReloadModel>) => boolean = () => true,
  ) {
    this.#name = name;
    this.#act = act;
    this.#applies = applies;
  }

  public check(model: Readonly<ReloadModel>): boolean {
    return this.#applies(model);
  }

  public async run(model: ReloadModel, world: ReloadWorld): Promise<void> {
    this.#act(model, world);
    await compare(model, world);
  }

  public toString(): string {
    return this.#name;
  }
}

/** Waits until the service has done what the model did, or has had plenty of turns, and compares. */
export async function compare(model: ReloadModel, world: ReloadWorld): Promise<void> {
  const asked = (): string => String(model.pending.map(({ source }) => source));
  const isThere = (): boolean =>
    world.events.length >= model.events.length &&
    world.answers.size >= model.answers.size &&
    String(world.pending.map(({ source }) => source)) === asked();
  // One turn more than needed: whatever happens beyond the model must have its chance.
  for (let left = 100; left > 0 && !isThere(); left--) await turn();
  await turn();
  expect({
    current: world.current,
    events: world.events,
    answers: [...world.answers].sort(byRequest),
    asked: String(world.pending.map(({ source }) => source)),
    kept: world.reloads.history().map(({ number }) => number),
  }).toEqual({
    current: { number: model.current.number, values: model.current.values },
    events: model.events,
    answers: [...model.answers].sort(byRequest),
    asked: asked(),
    kept: model.history.map(({ number }) => number),
  });
}

function byRequest([one]: readonly [number, string], [other]: readonly [number, string]): number {
  return one - other;
}

export function answerAt(model: ReloadModel, world: ReloadWorld, place: number): void {
  const at = place % model.pending.length;
  model.answer(at);
  world.pending.splice(at, 1)[0]?.answer();
}

const cell: fc.Arbitrary<Cell> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }).map(String) },
  { weight: 1, arbitrary: fc.constant('many') },
  { weight: 2, arbitrary: fc.constant(undefined) },
);
export const source = fc.nat({ max: 1 });
export const answer: fc.Arbitrary<Answer> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(cell, cell) },
  { weight: 1, arbitrary: fc.constant('down' as const) },
);

const edit = fc.tuple(source, answer, fc.boolean()).map(
  ([at, said, tells]) =>
    new Step(`source ${String(at)} will say ${fc.stringify(said)}${tells ? ' and tells' : ''}`, (model, world) => {
      model.truth[at] = said;
      world.say(at, said);
      if (!tells) return;
      world.changed(at);
      model.hint(at);
    }),
);

const hint = source.map(
  (at) =>
    new Step(`source ${String(at)} tells of a change`, (model, world) => {
      world.changed(at);
      model.hint(at);
    }),
);

const reload = fc.constantFrom('asked', 'asked again').map(
  (reason) =>
    new Step(`reload "${reason}"`, (model, world) => {
      world.track(model.request(reason), async () => world.reloads.reload(reason));
    }),
);

const respond = fc.nat({ max: 5 }).map(
  (place) =>
    new Step(
      `a source answers (${String(place)})`,
      (model, world) => {
        answerAt(model, world, place);
      },
      ({ pending }) => pending.length > 0,
    ),
);

const wait = fc.constantFrom(50, 100).map(
  (milliseconds) =>
    new Step(`${String(milliseconds)} ms pass`, (model, world) => {
      model.advance(milliseconds);
      world.clock.advance(milliseconds);
    }),
);

const rollback = fc.nat({ max: 3 }).map(
  (back) =>
    new Step(
      `roll back by ${String(back)}`,
      (model, world) => {
        const target = model.history.at(-1 - back);
        if (target === undefined) return;
        world.track(model.rollback(target), async () => world.reloads.rollback(target.number));
      },
      ({ history }) => back < history.length,
    ),
);

const pause = fc.constant(
  new Step('pause', (model, world) => {
    model.pause();
    world.reloads.pause();
  }),
);

const resume = fc.constant(
  new Step('resume', (model, world) => {
    model.resume();
    world.reloads.resume();
  }),
);

const veto = fc.boolean().map(
  (vetoed) =>
    new Step(`the pool ${vetoed ? 'cannot' : 'can'} connect`, (model, world) => {
      model.vetoed = vetoed;
      world.vetoed = vetoed;
    }),
);

const judge = fc.boolean().map(
  (isContent) =>
    new Step(
      `the hook is ${isContent ? '' : 'not '}content`,
      (model, world) => {
        model.judge(isContent);
        world.judge(isContent);
      },
      ({ isBaking }) => isBaking,
    ),
);

/** Commands; the frequent ones are listed more often. */
export const commands = fc.commands(
  [
    edit,
    edit,
    edit,
    hint,
    reload,
    reload,
    respond,
    respond,
    respond,
    respond,
    wait,
    wait,
    rollback,
    pause,
    resume,
    resume,
    veto,
    judge,
    judge,
    judge,
  ],
  { size: '+1' },
);
