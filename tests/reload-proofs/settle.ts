import { expect } from '@jest/globals';
import { answerAt, compare } from './model-commands.js';
import type { ReloadModel } from './model-state.js';
import type { ReloadWorld } from './model-world.js';

/** Lets everything come to an end, and reads once more: whatever was missed on the way would show. */
export async function settle(model: ReloadModel, world: ReloadWorld): Promise<void> {
  model.vetoed = world.vetoed = false;
  model.resume();
  world.reloads.resume();
  await answerAll(model, world);
  // At rest it is what the sources say, or the health says why it is not.
  expect(world.reloads.status().wanted.length === 0).toBe(model.agrees);
  model.truth.splice(0, 2, [2, 2], [undefined, 3]);
  world.say(0, [2, 2]);
  world.say(1, [undefined, 3]);
  world.track(model.request('the end'), async () => world.reloads.reload('the end'));
  await answerAll(model, world);
}

async function answerAll(model: ReloadModel, world: ReloadWorld): Promise<void> {
  await compare(model, world);
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
  }
}
