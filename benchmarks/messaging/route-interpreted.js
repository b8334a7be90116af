import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/messaging.js', import.meta.url);

export default {
  title: 'routing one event with ten rules on its type, interpreted',
  unit: 'ns',
  target: {
    text: 'at most 0.5 microseconds, or 1.3 times the rule engine alone',
    ratios: { 'the engine alone': { atMost: 1.3 } },
  },
  async measure() {
    const { medians, ratio } = await severalProcesses(5, TASK, 'timeRoutes', ['interpreted']);
    return {
      median: medians.routes,
      ratios: { 'the engine alone': ratio('routes', 'engine') },
      medians: { 'the engine alone': medians.engine, 'by decide': medians.routes },
    };
  },
};
