import { DATABASES } from '../harness/database-pairs.js';
import { installPeers } from '../harness/peers.js';
import { runFresh } from '../harness/fresh-process.js';

const WITHIN = 'connections that pools of tenants had at most, ÷ 100';

export default {
  title: 'first transaction of each of 1,000 tenants with a database of its own, within 100 connections',
  unit: 'ms',
  target: { text: 'never more than maxConnections', ratios: { [WITHIN]: { atMost: 1 } } },
  async measure() {
    installPeers(['pg'], (text) => process.stderr.write(`${text}\n`));
    const found = await runFresh(DATABASES, 'measureTenants', [], { execArgv: ['--expose-gc'] });
    return {
      median: found.ours,
      ratios: { 'a pool by hand': found.ours / found.hand, [WITHIN]: found.most / 100 },
      medians: {
        'a pool by hand': found.hand,
        '99th of 100': found.late,
        'bytes for each tenant, with the pools that are open': found.bytes,
      },
    };
  },
};
