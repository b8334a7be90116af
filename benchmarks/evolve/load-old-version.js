import { freshFigures } from '../harness/fresh-figures.js';
import { runFresh } from '../harness/fresh-process.js';

const TASK = new URL('../harness/tasks/evolve.js', import.meta.url);
const RATIO = 'three versions old ÷ current';

export default {
  title: 'the first load of a YAML file of 50 sections of 20 fields, three of which changed in each section',
  unit: 'CPU ms',
  target: { text: 'three versions old at most 1.3x the current one', ratios: { [RATIO]: { atMost: 1.3 } } },
  async measure() {
    const { figures, errors } = await freshFigures(['current', 'old'], {
      processes: 7,
      task: TASK,
      name: 'timeFirst',
      args: (which) => [which],
    });
    const [error] = Object.values(errors);
    if (error !== undefined) throw new Error(error);
    const warm = await runFresh(TASK, 'timeLoads', []);
    return {
      median: figures.current,
      ratios: { [RATIO]: figures.old / figures.current },
      medians: {
        'three versions old': figures.old,
        'the hundredth load, current': warm.current,
        'the hundredth load, three versions old': warm.old,
      },
    };
  },
};
