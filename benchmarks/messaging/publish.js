import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/messaging.js', import.meta.url);

export default {
  title: 'the CPU time that publishing through the port adds to a bare client that answers at once',
  unit: 'ns',
  target: { text: 'at most 2 microseconds of CPU', median: { below: 2_000 } },
  async measure() {
    const { medians, ratio } = await severalProcesses(5, TASK, 'timePublishes', []);
    return {
      median: medians.added,
      ratios: { 'bare client': ratio('port', 'bare') },
      medians: { 'bare client': medians.bare, 'by the port': medians.port },
    };
  },
};
