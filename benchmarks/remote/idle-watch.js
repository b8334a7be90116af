import { runFresh } from '../harness/fresh-process.js';
import { installPeers } from '../harness/peers.js';

const TASK = new URL('../harness/tasks/remote.js', import.meta.url);
// A minute is not worth the wait: what is idle is idle all the time, so the share of a core is the same.
const SECONDS = 20;

export default {
  title:
    'PostgreSQL: share of a core that a watched store takes while nothing changes, polled every 30 s, beside a bare LISTEN',
  unit: '% of a core',
  target: { text: 'under 0.1 % of a core', median: { below: 0.1 } },
  async measure() {
    installPeers(['pg'], (text) => process.stderr.write(`${text}\n`));
    const { ours, bare } = await runFresh(TASK, 'measureIdle', [SECONDS]);
    return { median: ours, medians: { 'bare LISTEN': bare, 'CPU ms per minute': ours * 600 } };
  },
};
