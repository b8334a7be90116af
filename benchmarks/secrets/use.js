import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/secret-loads.js', import.meta.url);

export default {
  title: 'one use of a sealed value of 32 bytes, with a policy that allows it, against opening its token alone',
  unit: 'ns',
  async measure() {
    const { medians, ratio } = await severalProcesses(3, TASK, 'timeUses', []);
    return {
      median: medians.sealed,
      ratios: { 'open alone': ratio('sealed', 'open') },
      medians: { 'open alone': medians.open, encrypted: medians.encrypted, masked: medians.masked },
    };
  },
};
