import { runFresh } from '../harness/fresh-process.js';

const TASK = new URL('../harness/tasks/watch.js', import.meta.url);
const FILES = 100;
// A minute is not worth the wait: what is idle is idle all the time, so the share of a core is the same.
const SECONDS = 20;

export default {
  title: `share of a core that watching ${FILES} files takes while nothing happens, and CPU per minute`,
  unit: '% of a core',
  target: { text: 'under 0.1 % of a core', median: { below: 0.1 } },
  async measure() {
    const share = await runFresh(TASK, 'measureIdle', [FILES, SECONDS, 0]);
    return { median: share, medians: { 'CPU ms per minute': share * 600 } };
  },
};
