import { writeContent } from '../harness/content/content.js';
import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/tenants.js', import.meta.url);
const FLOOR = 'AsyncLocalStorage';

export default {
  title: 'tenants.run(id, fn) with one read of a live monitor, beside AsyncLocalStorage alone',
  unit: 'ns',
  target: { text: 'at most 1.35x AsyncLocalStorage', ratios: { [FLOOR]: { atMost: 1.35 } } },
  async measure() {
    const { medians, ratio } = await severalProcesses(5, TASK, 'timeRuns', [await writeContent(1_000, 'json')]);
    return {
      median: medians.ours,
      ratios: { [FLOOR]: ratio('ours', 'storage') },
      medians: { [FLOOR]: medians.storage },
    };
  },
};
