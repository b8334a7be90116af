import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runFresh } from '../harness/fresh-process.js';
import { interleave } from '../harness/interleave.js';

const TASK = new URL('fixtures/counting-task.js', import.meta.url);

describe('interleave', () => {
  it('takes samples in turn, each subject in a process that keeps its state', async () => {
    const order = [];
    const { samples } = await interleave(['a', 'b'], {
      rounds: 2,
      prepare: (process) => process.call(TASK, 'count'),
      sample: async (process, name) => {
        order.push(name);
        return process.call(TASK, 'count');
      },
    });
    assert.deepEqual({ order, samples }, { order: ['a', 'b', 'a', 'b'], samples: { a: [2, 3], b: [2, 3] } });
  });

  it('goes on without a subject that fails, and says why', async () => {
    const { samples, errors } = await interleave(['bad', 'good'], {
      rounds: 2,
      prepare: () => undefined,
      sample: (process, name) => process.call(TASK, name === 'bad' ? 'fail' : 'count'),
    });
    assert.deepEqual(samples, { good: [1, 2] });
    assert.match(errors.bad, /^fail: Error: told to/);
  });
});

describe('runFresh', () => {
  it('reports a process that ends before it answers', async () => {
    await assert.rejects(runFresh(TASK, 'leave'), /^Error: leave: the process ended \(exit 7\)/);
  });

  it('hides the environment that could change what is measured', async () => {
    process.env.NODE_CONFIG = '{}';
    try {
      assert.equal(await runFresh(TASK, 'environment', ['NODE_CONFIG']), null);
    } finally {
      delete process.env.NODE_CONFIG;
    }
  });
});
