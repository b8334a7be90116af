import { installPeers } from '../harness/peers.js';
import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/remote.js', import.meta.url);

export default {
  title: 'PostgreSQL: CPU of a reload of one changed key among 10,000, beside reading and parsing the document',
  unit: 'ms',
  async measure() {
    installPeers(['pg'], (text) => process.stderr.write(`${text}\n`));
    const { medians, ratio } = await severalProcesses(3, TASK, 'timeReloads', []);
    return {
      median: medians.ours,
      ratios: { 'query and JSON.parse': ratio('ours', 'bare') },
      medians: { 'query and JSON.parse': medians.bare },
    };
  },
};
