import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/resources.js', import.meta.url);

export default {
  title: 'what resource.use adds to a call of a client that answers at once',
  unit: 'ns',
  target: { text: 'at most 1 microsecond', median: { below: 1_000 } },
  async measure() {
    const { medians, ratio } = await severalProcesses(5, TASK, 'timeUses', []);
    return {
      median: medians.added,
      ratios: { 'bare call': ratio('used', 'bare') },
      medians: { 'bare call': medians.bare, 'by use': medians.used },
    };
  },
};
