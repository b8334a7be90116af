import { runFresh } from './fresh-process.js';
import { severalProcesses } from './several-processes.js';

const TASK = new URL('./tasks/stores.js', import.meta.url);

/** A benchmark of a store: from a write to the published generation, beside the store's own notice of it. */
export function storeLatency(kind, name) {
  return {
    title: `${name}: from a write to the published generation, beside the notice of the server; p50, without jitter`,
    unit: 'ms',
    async measure() {
      const { missing } = await runFresh(TASK, 'missingFor', [kind]);
      if (missing !== undefined) return { skipped: missing };
      const { medians, ratio } = await severalProcesses(3, TASK, 'timeStore', [kind]);
      return {
        median: medians.ours,
        ratios: { 'bare notice': ratio('ours', 'bare') },
        medians: { 'bare notice': medians.bare, 'bare, p99': medians.bare99, p99: medians.ours99 },
      };
    },
  };
}
