import { writeContent } from '../harness/content/content.js';
import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/reload.js', import.meta.url);
const WITHOUT = 'without references';

export default {
  title: 'reload after one leaf of 10,000 changed, in 200 files, every second of which refers to the one before',
  unit: 'CPU ms',
  // Proportional to what changed: the references of others cost nothing.
  target: { text: 'at most 1.5x the same without references', ratios: { [WITHOUT]: { atMost: 1.5 } } },
  async measure() {
    const content = await writeContent(10_000, 'json');
    const referring = await severalProcesses(5, TASK, 'timeManyFiles', [content, { references: true }]);
    const plain = await severalProcesses(5, TASK, 'timeManyFiles', [content]);
    return {
      median: referring.medians.reload,
      ratios: { [WITHOUT]: referring.medians.reload / plain.medians.reload },
      medians: { [WITHOUT]: plain.medians.reload },
    };
  },
};
