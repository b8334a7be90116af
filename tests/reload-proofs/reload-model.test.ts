import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import { closeFamily, settleFamily } from './check-family.js';
import { FamilyModel, FamilyWorld } from './family.js';
import { commands, scopedCommands } from './model-commands.js';

describe('the reload service beside its model', () => {
  it.each([
    ['alone', commands],
    ['with a scope beside it and an overlay over it', scopedCommands],
  ])(
    'has the same current generation, events, outcomes and questions to sources after every step, %s',
    async (_, all) => {
      await fc.assert(
        fc.asyncProperty(all, async (steps) => {
          const model = new FamilyModel();
          const world = await new FamilyWorld().open();
          await fc.asyncModelRun(() => ({ model, real: world }), steps);
          await settleFamily(model, world);
          expect(world.base.current.values).toEqual([2, 3]);
          await closeFamily(model, world);
        }),
      );
    },
  );

  it('is closed at once whatever is under way, and nothing happens any more, while a scope goes on', async () => {
    await fc.assert(
      fc.asyncProperty(scopedCommands, async (steps) => {
        const model = new FamilyModel();
        const world = await new FamilyWorld().open();
        await fc.asyncModelRun(() => ({ model, real: world }), steps);
        await closeFamily(model, world);
        expect(world.base.reloads.status().state).toBe('closed');
      }),
    );
  });
});
