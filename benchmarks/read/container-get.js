import { writeContent } from '../harness/content/content.js';
import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/container-get.js', import.meta.url);
const FLOOR = 'constant binding';

export default {
  title: "container.get(Section), beside Inversify's own constant binding of the same instances",
  unit: 'ns',
  target: { text: "at most 1.5x Inversify's constant binding", ratios: { [FLOOR]: { atMost: 1.5 } } },
  async measure() {
    const { medians, ratio } = await severalProcesses(7, TASK, 'timeContainerGets', [
      await writeContent(1_000, 'json'),
    ]);
    return {
      median: medians.ours,
      ratios: { [FLOOR]: ratio('ours', 'constants') },
      medians: { [FLOOR]: medians.constants },
    };
  },
};
