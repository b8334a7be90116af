import { runFresh } from '../harness/fresh-process.js';

const TASK = new URL('../harness/tasks/watch.js', import.meta.url);

export default {
  title: 'file saved to generation published, debounce 0 ms (p50); the others beside it',
  unit: 'ms',
  async measure() {
    const [none, usual] = [await runFresh(TASK, 'timeSaves', [0]), await runFresh(TASK, 'timeSaves', [100])];
    return {
      median: none.p50,
      medians: { 'debounce 0 ms, p99': none.p99, 'debounce 100 ms, p50': usual.p50, 'debounce 100 ms, p99': usual.p99 },
    };
  },
};
