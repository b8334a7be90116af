import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/resources.js', import.meta.url);

export default {
  title: 'what a unit of work adds to begin, one statement and commit on a connection that answers at once',
  unit: 'ns',
  async measure() {
    const { medians, ratio } = await severalProcesses(5, TASK, 'timeRuns', []);
    return {
      median: medians.added,
      ratios: { 'by hand': ratio('run', 'hand') },
      medians: { 'by hand': medians.hand, 'by run': medians.run },
    };
  },
};
