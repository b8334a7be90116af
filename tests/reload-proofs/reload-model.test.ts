import { setImmediate as turn } from 'node:timers/promises';
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
        const model = new ReloadModel({ verifies: true });
        const world = await new ReloadWorld({ verifies: true }).open();
        await fc.asyncModelRun(() => ({ model, real: world }), steps);
        await settle(model, world);
        expect(world.current.values).toEqual([2, 3]);
        await world.reloads.close();
      }),
    );
  });

  it('is closed at once whatever is under way, and nothing happens any more', async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (steps) => {
        const model = new ReloadModel({ verifies: true });
        const world = await new ReloadWorld({ verifies: true }).open();
        await fc.asyncModelRun(() => ({ model, real: world }), steps);
        await world.reloads.close();
        const { current, events } = world;
        const told = events.length;
        for (const { answer } of world.pending.splice(0)) answer();
        world.judge(false);
        world.clock.advance(1_000);
        for (let turns = 0; turns < 5; turns++) await turn();
        expect([world.current, events.length, world.clock.waiting]).toEqual([current, told, 0]);
        expect([world.answers.size, world.reloads.status().state]).toEqual([model.requests, 'closed']);
      }),
    );
  });
});
