import { severalProcesses } from '../harness/several-processes.js';

const TASK = new URL('../harness/tasks/flags.js', import.meta.url);

export default {
  title: '10,000 flags with rules of three clauses: a reload with one changed, from the source to its first evaluation',
  unit: 'CPU ms',
  async measure() {
    const { medians, ratio } = await severalProcesses(3, TASK, 'measureMany', []);
    return {
      median: medians.reload,
      ratios: {
        'the engine alone': ratio('reload', 'engineReload'),
        'loading, ÷ the engine alone': ratio('load', 'engineLoad'),
      },
      medians: {
        'the engine alone': medians.engineReload,
        'loading, checked and explained': medians.load,
        'loading, the engine alone': medians.engineLoad,
      },
    };
  },
};
