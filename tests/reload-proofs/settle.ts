import { expect } from '@jest/globals';
import { answerAt, compare } from './compare.js';
import type { Answer, ReloadModel } from './model-state.js';
import type { ReloadWorld } from './model-world.js';

interface Settling {
  /** Has a source say something, in the world and in its models. */
  readonly say: (source: number, said: Answer) => void;
  /** Called once a step has been compared. */
  readonly look?: () => Promise<void>;
}

/** Lets everything come to an end, and reads once more: whatever was missed on the way would show. */
export async function settle(
  model: ReloadModel,
  world: ReloadWorld,
  { say, look }: Settling = {
    say: (source, said) => {
      model.truth[source] = said;
      world.say(source, said);
    },
  },
): Promise<void> {
  model.vetoed = world.vetoed = false;
  model.resume();
  world.reloads.resume();
  await answerAll(model, world, look);
  // At rest it is what the sources say, or the health says why it is not.
  expect(world.reloads.status().wanted.length === 0).toBe(model.agrees);
  say(0, [2, 2]);
  say(1, [undefined, 3]);
  world.track(model.request('the end'), async () => world.reloads.reload('the end'));
  await answerAll(model, world, look);
}

async function answerAll(model: ReloadModel, world: ReloadWorld, look?: Settling['look']): Promise<void> {
  await compare(model, world);
  await look?.();
  while (!model.isIdle || model.isBaking) {
    if (model.isBaking) {
      model.judge(true);
      world.judge(true);
    } else if (model.pending.length === 0) {
      model.advance(100);
      world.clock.advance(100);
    } else {
      answerAt(model, world, 0);
    }
    await compare(model, world);
    await look?.();
  }
}
