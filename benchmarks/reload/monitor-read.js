import { writeContent } from '../harness/content/content.js';
import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/monitor.js', import.meta.url);
const INJECTED = 'field of an injected section';

export default {
  title: 'monitor.current.field, beside holder.settings.field of a plain section',
  unit: 'ns',
  target: { text: 'at most 1.2x a plain field read', ratios: { [INJECTED]: { atMost: 1.2 } } },
  async measure() {
    const { medians, ratio } = await severalProcesses(7, TASK, 'timeMonitorReads', [await writeContent(50, 'json')]);
    return {
      median: medians.monitor,
      ratios: { [INJECTED]: ratio('monitor', 'injected'), 'field of the section itself': ratio('monitor', 'plain') },
      medians: { [INJECTED]: medians.injected, 'field of the section itself': medians.plain },
    };
  },
};
