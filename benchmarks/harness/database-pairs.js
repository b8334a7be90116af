import { installPeers } from './peers.js';
import { severalProcesses } from './several-processes.js';

/** The task that measures on the PostgreSQL of this machine. */
export const DATABASES = new URL('tasks/databases.js', import.meta.url);

/** A measurement of pairs on PostgreSQL: medians, the ratio within pairs, and the ends of its interval. */
export async function pairsOf(task, beside, file = DATABASES) {
  installPeers(['pg'], (text) => process.stderr.write(`${text}\n`));
  const { medians } = await severalProcesses(3, file, task, []);
  return {
    median: medians.ours,
    ratios: { [beside]: medians.ratio, 'lower end': medians.lower, 'upper end': medians.upper },
    medians: { [beside]: medians.bare },
  };
}
