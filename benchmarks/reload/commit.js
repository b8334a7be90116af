import { freshFigures } from '../harness/fresh-figures.js';

const TASK = new URL('../harness/tasks/commit.js', import.meta.url);
const COUNTS = ['20', '200', '2000'];

export default {
  title: 'commit of 10 changed sections, each with a listener: the slowest of 20, 200 and 2,000 sections',
  unit: 'ns',
  target: { text: 'under 2 microseconds, whatever the number of sections', median: { below: 2_000 } },
  async measure() {
    const { figures, errors } = await freshFigures(COUNTS, {
      processes: 3,
      task: TASK,
      name: 'timeCommits',
      args: (count) => [Number(count)],
    });
    const [error] = Object.values(errors);
    if (error !== undefined) throw new Error(error);
    return {
      median: Math.max(...Object.values(figures)),
      ratios: {},
      medians: Object.fromEntries(COUNTS.map((count) => [`among ${count}`, figures[count]])),
    };
  },
};
