import { installPeers } from '../harness/peers.js';
import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/remote.js', import.meta.url);

export default {
  title:
    'PostgreSQL: from a write to the published generation, beside the notification of the server; p50, without jitter',
  unit: 'ms',
  async measure() {
    installPeers(['pg'], (text) => process.stderr.write(`${text}\n`));
    const { medians, ratio } = await severalProcesses(3, TASK, 'timeReleases', ['0ms']);
    return {
      median: medians.ours,
      ratios: { 'bare notification': ratio('ours', 'bare') },
      medians: { 'bare notification': medians.bare, 'bare, p99': medians.bare99, p99: medians.ours99 },
    };
  },
};
