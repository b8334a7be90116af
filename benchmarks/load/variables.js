import { writeService } from '../harness/content/content.js';
import { runFresh } from '../harness/fresh-process.js';
import { median } from '../harness/statistics.js';

const TASK = new URL('../harness/tasks/variables.js', import.meta.url);
const PROCESSES = 3;
const COUNTS = [0, 1, 10, 100, 1_000];
const WARM = '1,000 variables ÷ 100, warm';
const FIRST = '1,000 variables ÷ 100, first load';

export default {
  title: 'processEnv by itself, 100 variables with its prefix, beside 10,000 leaves, service',
  unit: 'CPU ms',
  target: {
    text: 'in proportion to the variables with the prefix: ten times as many at most 13x',
    ratios: { [WARM]: { atMost: 13 }, [FIRST]: { atMost: 13 } },
  },
  async measure() {
    const content = await writeService(10_000, 'json');
    const figures = {};
    for (const count of COUNTS) {
      const answers = [];
      for (let round = 0; round < PROCESSES; round += 1) {
        answers.push(await runFresh(TASK, 'timeVariables', [content, count], { execArgv: ['--expose-gc'] }));
      }
      figures[count] = Object.fromEntries(
        ['first', 'warm', 'kept'].map((name) => [name, median(answers.map((answer) => answer[name]))]),
      );
    }
    const medians = Object.entries(figures).flatMap(([count, { first, warm, kept }]) => [
      [`${count} variables, first load`, first],
      [`${count} variables, warm`, warm],
      [`${count} variables, KiB kept`, kept],
    ]);
    return {
      median: figures[100].warm,
      ratios: { [WARM]: figures[1_000].warm / figures[100].warm, [FIRST]: figures[1_000].first / figures[100].first },
      medians: Object.fromEntries(medians),
    };
  },
};
