import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/serve.js', import.meta.url);

export default {
  title: 'serve: CPU of a request for 1,000 settings, beside a server of node:http that answers the same bytes',
  unit: 'µs',
  async measure() {
    const { medians, ratio } = await severalProcesses(3, TASK, 'timeRequests', [1_000]);
    return {
      median: medians.ours,
      ratios: { 'bare server': ratio('ours', 'bare') },
      medians: {
        'bare server': medians.bare,
        'requests per second': medians.oursRate,
        'bare, requests per second': medians.bareRate,
        'p99, ms': medians.ours99,
        'bare, p99, ms': medians.bare99,
      },
    };
  },
};
