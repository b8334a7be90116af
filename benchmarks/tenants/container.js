import { writeContent } from '../harness/content/content.js';
import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/tenants.js', import.meta.url);
const FLOOR = 'bare child container with one constant';
const WARM = 'a lease of one that is there, ÷ 1 µs';

export default {
  title: 'tenants.for(id) that makes the container, beside a bare child container; and one that is there',
  unit: 'CPU µs',
  target: {
    text: 'at most 1.5x a bare child container, warm under 1 µs',
    ratios: { [FLOOR]: { atMost: 1.5 }, [WARM]: { atMost: 1 } },
  },
  async measure() {
    const { medians, ratio } = await severalProcesses(3, TASK, 'timeContainers', [await writeContent(1_000, 'json')]);
    return {
      median: medians.cold,
      ratios: { [FLOOR]: ratio('cold', 'bare'), [WARM]: medians.warm },
      medians: { [FLOOR]: medians.bare },
    };
  },
};
