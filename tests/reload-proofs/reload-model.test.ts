import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import { commands } from './model-commands.js';
import { ReloadModel } from './model-state.js';
import { ReloadWorld } from './model-world.js';
import { settle } from './settle.js';

describe('the reload service beside its model', () => {
  it('has the same current generation, events, outcomes and questions to sources after every step', async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (steps) => {
        const model = new ReloadModel(true);
        const world = await new ReloadWorld().open(true);
        await fc.asyncModelRun(() => ({ model, real: world }), steps);
        await settle(model, world);
        expect(world.current.values).toEqual([2, 3]);
        await world.reloads.close();
      }),
    );
  });
});
