import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/stores.js', import.meta.url);

export default {
  title: 'Redis: from a write to the published generation, beside the notice of the server; p50, without jitter',
  unit: 'ms',
  async measure() {
    const { medians, ratio } = await severalProcesses(3, TASK, 'timeStore', ['redis']);
    return {
      median: medians.ours,
      ratios: { 'bare notice': ratio('ours', 'bare') },
      medians: { 'bare notice': medians.bare, 'bare, p99': medians.bare99, p99: medians.ours99 },
    };
  },
};
