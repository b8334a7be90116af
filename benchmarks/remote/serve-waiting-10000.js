import { runFresh } from '../harness/fresh-process.js';

const TASK = new URL('../harness/tasks/serve.js', import.meta.url);

export default {
  title:
    'serve: memory for each of 10,000 clients that wait for a change, beside a server of node:http that holds them',
  unit: 'KiB',
  async measure() {
    const { ours, bare, told, bareTold } = await runFresh(TASK, 'measureWaiting', [10_000]);
    return {
      median: ours,
      ratios: { 'bare server': ours / bare },
      medians: { 'bare server': bare, 'until the last is told, ms': told, 'bare, ms': bareTold },
    };
  },
};
