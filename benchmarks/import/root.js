import { runFresh } from '../harness/fresh-process.js';
import { urlOfOurs } from '../harness/packages.js';
import { median } from '../harness/statistics.js';
import { SUBJECTS } from '../harness/subjects/index.js';

const TASK = new URL('../harness/tasks/imports.js', import.meta.url);
const PROCESSES = 21;
const PEER_PROCESSES = 7;
const BASE = ['reflect-metadata', 'inversify', 'class-validator', 'class-transformer'];
const FLOOR = 'inversify + reflect-metadata + class-validator + class-transformer';

export default {
  title: 'import of the root entry, above the packages that it stands on; for peers, their whole import',
  unit: 'ms',
  target: {
    text: 'at most 15 ms and 15 % above inversify + reflect-metadata + class-validator + class-transformer',
    median: { atMost: 15 },
    ratios: { [FLOOR]: { atMost: 0.15 } },
  },
  async measure({ subjects }) {
    const base = BASE.map((name) => urlOfOurs(name));
    const medians = {};
    for (const { name, imports } of SUBJECTS.filter(({ kind, name }) => kind === 'peer' && subjects.includes(name))) {
      medians[name] = median((await timeGroups(PEER_PROCESSES, [imports])).flat());
    }
    try {
      // The base first, then ours, in one process: the difference of two processes would drown in their noise.
      const own = await timeGroups(PROCESSES, [base, [urlOfOurs('uno-config')]]);
      return {
        median: median(own.map(([, above]) => above)),
        ratios: { [FLOOR]: median(own.map(([below, above]) => above / below)) },
        medians: { [FLOOR]: median(own.map(([below]) => below)), ...medians },
      };
    } catch (error) {
      return { medians, error: error.message };
    }
  },
};

async function timeGroups(processes, groups) {
  const times = [];
  // The first run warms the disk.
  for (let count = 0; count <= processes; count += 1) times.push(await runFresh(TASK, 'timeImports', [groups]));
  return times.slice(1);
}
