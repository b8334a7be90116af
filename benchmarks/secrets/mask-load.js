import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/secret-loads.js', import.meta.url);

export default {
  title: 'a load of 1,000 leaves of which 40 are masked secrets, against the same without secrets',
  unit: 'ns',
  target: { text: 'nothing measurable: at most 1.05x', ratios: { 'no secrets': { atMost: 1.05 } } },
  async measure() {
    const { medians, ratio } = await severalProcesses(3, TASK, 'timeMaskedLoad', []);
    return {
      median: medians.masked,
      ratios: { 'no secrets': ratio('masked', 'plain') },
      medians: { 'no secrets': medians.plain },
    };
  },
};
