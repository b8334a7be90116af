import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/reload.js', import.meta.url);
const COLD = 'cold load';
const MANY = 'reload among 2,000 sections';

export default {
  title: 'reload after one leaf of 10,000 changed, in 200 sections kept in 200 files',
  unit: 'ms',
  target: {
    text: 'at most 1/30 of the cold load, and independent of the number of untouched sections (200 against 2,000)',
    // Independent is more than the noise of a file read away from proportional: ten times the sections, not a third more.
    ratios: { [COLD]: { atMost: 1 / 30 }, [MANY]: { atMost: 1.3 } },
  },
  async measure() {
    const few = await severalProcesses(5, TASK, 'timeManyFiles', [200]);
    const many = await severalProcesses(3, TASK, 'timeManyFiles', [2_000]);
    const { first, cold, reload } = few.medians;
    return {
      median: reload,
      // The second one the other way round: how much slower a reload is among ten times the sections.
      ratios: {
        [COLD]: few.ratio('reload', 'first'),
        'warm load': few.ratio('reload', 'cold'),
        [MANY]: many.medians.reload / reload,
      },
      medians: { [COLD]: first, 'warm load': cold, [MANY]: many.medians.reload },
    };
  },
};
