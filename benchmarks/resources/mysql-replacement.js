import { DATABASES } from '../harness/database-pairs.js';
import { installPeers } from '../harness/peers.js';
import { severalProcesses } from '../harness/several-processes.js';

export default {
  title: 'p99 of queries under load on MySQL during replacements of the pool beside that while nothing happens',
  unit: 'ms',
  target: { text: 'at most 2x that before', ratios: { before: { atMost: 2 } } },
  async measure() {
    installPeers(['mysql2', 'pg'], (text) => process.stderr.write(`${text}\n`));
    const { medians, ratio } = await severalProcesses(3, DATABASES, 'timeMysqlReplacements', []);
    return {
      median: medians.during,
      ratios: { before: ratio('during', 'quiet') },
      medians: { before: medians.quiet },
    };
  },
};
