import { setImmediate as turn } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { ReloadModel } from './model-state.js';
import type { ReloadWorld } from './model-world.js';

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
