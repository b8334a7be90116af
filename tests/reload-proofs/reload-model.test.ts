import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answerAt, commands, compare } from './model-commands.js';
import { ReloadModel } from './model-state.js';
import { ReloadWorld } from './model-world.js';

const RUNS = Number(process.env['RELOAD_PROOF_RUNS'] ?? 150);

describe('the reload service beside its model', () => {
  it('has the same current generation, events, outcomes and questions to sources after every step', async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (steps) => {
        const model = new ReloadModel();
        const world = await new ReloadWorld().open();
        await fc.asyncModelRun(() => ({ model, real: world }), steps);
        await settle(model, world);
        expect(world.current.values).toEqual([2, 3]);
        await world.reloads.close();
      }),
      { numRuns: RUNS },
    );
  }, 1_200_000);
});

/** Lets everything come to an end, and reads once more: whatever was missed on the way would show. */
async function settle(model: ReloadModel, world: ReloadWorld): Promise<void> {
  model.vetoed = world.vetoed = false;
  model.resume();
  world.reloads.resume();
  await answerAll(model, world);
  model.truth.splice(0, 2, [2, 2], [undefined, 3]);
  world.truth.splice(0, 2, [2, 2], [undefined, 3]);
  world.track(model.request('the end'), world.reloads.reload('the end'));
  await answerAll(model, world);
}

async function answerAll(model: ReloadModel, world: ReloadWorld): Promise<void> {
  await compare(model, world);
  while (!model.isIdle) {
    if (model.run === undefined) {
      model.advance(100);
      world.clock.advance(100);
    } else {
      answerAt(model, world, 0);
    }
    await compare(model, world);
  }
}
