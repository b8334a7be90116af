import { runFresh } from '../harness/fresh-process.js';

const TASK = new URL('../harness/tasks/evolve.js', import.meta.url);

export default {
  title: 'migrate --check over 1,000 files of two sections, three versions old, with the start of the process',
  unit: 'CPU ms',
  target: { text: 'under 5 s', median: { below: 5_000 } },
  async measure() {
    return { median: await runFresh(TASK, 'timeCheck', [1_000]) };
  },
};
