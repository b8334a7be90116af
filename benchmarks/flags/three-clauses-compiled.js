import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/flags.js', import.meta.url);

export default {
  title: 'evaluating a flag with a rule of three clauses, compiled',
  unit: 'ns',
  target: { text: 'at most 1.2 times the rule engine alone', ratios: { 'the engine alone': { atMost: 1.2 } } },
  async measure() {
    const { medians, ratio } = await severalProcesses(3, TASK, 'timeEvaluations', ['compiled']);
    return {
      median: medians.ruled,
      ratios: { 'the engine alone': ratio('ruled', 'engineRuled') },
      medians: { 'the engine alone': medians.engineRuled },
    };
  },
};
