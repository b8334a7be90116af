import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/reload.js', import.meta.url);
const WITHOUT = 'without references';

export default {
  title: 'reload after one leaf of 10,000 changed, in 200 files, every second of which refers to the one before',
  unit: 'ms',
  // Proportional to what changed: the references of others cost nothing.
  target: { text: 'at most 1.5x the same without references', ratios: { [WITHOUT]: { atMost: 1.5 } } },
  async measure() {
    const referring = await severalProcesses(5, TASK, 'timeManyFiles', [200, true]);
    const plain = await severalProcesses(5, TASK, 'timeManyFiles', [200, false]);
    return {
      median: referring.medians.reload,
      ratios: { [WITHOUT]: referring.medians.reload / plain.medians.reload },
      medians: { [WITHOUT]: plain.medians.reload },
    };
  },
};
