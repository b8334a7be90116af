import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/inspector.js', import.meta.url);
const RATIO = 'the same without the inspector';

export default {
  title: 'a reload of one setting among 200, with an inspector that nobody looks at',
  unit: 'ns',
  target: {
    text: 'what it takes without one, as far as can be measured: at most 1.1x',
    ratios: { [RATIO]: { atMost: 1.1 } },
  },
  async measure() {
    const { medians, ratio } = await severalProcesses(3, TASK, 'timeReloads', []);
    return {
      median: medians.mounted,
      ratios: { [RATIO]: ratio('mounted', 'bare') },
      medians: { [RATIO]: medians.bare },
    };
  },
};
