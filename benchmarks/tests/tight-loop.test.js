import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blackHole, timeLoops } from '../harness/tight-loop.js';

/** A loop whose turns cannot be left out: each depends on the one before. */
function chain(steps) {
  return (turns) => {
    let value = 1;
    for (let turn = 0; turn < turns * steps; turn += 1) value = (Math.imul(value, 1103515245) + 12345) | 0;
    return value;
  };
}

describe('timeLoops', () => {
  it('tells a loop of ten times the work from one of the work', async () => {
    const { small, large } = await timeLoops({ small: chain(20), large: chain(200) }, { batches: 9, warmUpMs: 30 });
    assert.ok(large > 4 * small, `${large} ns beside ${small} ns`);
  });

  it('uses what the loops compute, also when they answer later', async () => {
    blackHole.value = 0;
    await timeLoops({ later: async (turns) => turns }, { batches: 1, warmUpMs: 0 });
    assert.ok(blackHole.value > 0);
  });
});
