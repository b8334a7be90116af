import { runFresh } from '../harness/fresh-process.js';

const TASK = new URL('../harness/tasks/report.js', import.meta.url);

export default {
  title: 'a report of 10 environments with 100 tenants each, of 200 settings, as a page',
  unit: 'CPU ms',
  async measure() {
    return { median: await runFresh(TASK, 'timeReport', [10, 100]) };
  },
};
