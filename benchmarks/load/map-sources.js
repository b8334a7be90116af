import { freshFigures } from '../harness/fresh-figures.js';

const TASK = new URL('../harness/tasks/map-sources.js', import.meta.url);
const COUNTS = ['1000', '10000'];
const GROWTH = '10,000 sources ÷ 1,000';

export default {
  title: 'a load of one map to which each of 10,000 sources adds an entry',
  unit: 'CPU ms',
  target: { text: 'linear: ten times the sources at most 13x', ratios: { [GROWTH]: { atMost: 13 } } },
  async measure() {
    const { figures, errors } = await freshFigures(COUNTS, {
      processes: 3,
      task: TASK,
      name: 'timeMapSources',
      args: (count) => [Number(count)],
    });
    const [error] = Object.values(errors);
    if (error !== undefined) throw new Error(error);
    const { 1000: few, 10000: many } = figures;
    return { median: many, ratios: { [GROWTH]: many / few }, medians: { '1,000 sources': few } };
  },
};
