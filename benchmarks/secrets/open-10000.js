import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/secret-loads.js', import.meta.url);

export default {
  title: 'a load of 10,000 encrypted values of 32 bytes, against decrypting as many with node:crypto',
  unit: 'ns',
  async measure() {
    const { medians, ratio } = await severalProcesses(3, TASK, 'timeOpening', []);
    return {
      median: medians.ours,
      ratios: { 'node:crypto alone': ratio('ours', 'node') },
      medians: { 'node:crypto alone': medians.node },
    };
  },
};
