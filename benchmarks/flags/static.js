import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/flags.js', import.meta.url);

export default {
  title: 'reading a flag without a rule',
  unit: 'ns',
  target: { text: 'at most 100 ns', median: { atMost: 100 } },
  async measure() {
    const { medians, ratio } = await severalProcesses(3, TASK, 'timeEvaluations', ['interpreted']);
    return {
      median: medians.fixed,
      ratios: { 'the engine alone': ratio('fixed', 'engineFixed') },
      medians: { 'the engine alone': medians.engineFixed },
    };
  },
};
