import { writeContent } from '../harness/content/content.js';
import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/get-config.js', import.meta.url);
const FLOOR = 'await of a resolved promise';

export default {
  title: 'await getConfig(Section, options), a cache hit',
  unit: 'ns',
  target: { text: 'under 1 microsecond', median: { below: 1000 } },
  async measure() {
    const { medians, ratio } = await severalProcesses(5, TASK, 'timeCacheHits', [await writeContent(1_000, 'json')]);
    return { median: medians.hit, ratios: { [FLOOR]: ratio('hit', 'promise') }, medians: { [FLOOR]: medians.promise } };
  },
};
