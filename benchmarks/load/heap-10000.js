import { compare } from '../harness/compare.js';
import { writeContent } from '../harness/content/content.js';
import { FIELDS_PER_SECTION } from '../harness/content/sections.js';
import { freshFigures } from '../harness/fresh-figures.js';
import { OWN } from '../harness/subjects/index.js';
import { median } from '../harness/statistics.js';

const PROCESSES = 3;

/** Heap and external memory that a loaded configuration keeps, with everything needed to explain its origins. */
export default {
  title: 'heap kept by 10,000 leaves in 200 sections, JSON, origins included, and by what is compiled once for them',
  unit: 'KiB',
  target: { text: 'at most 3x the plain object', ratios: { plain: { atMost: 3 } } },
  async measure({ subjects }) {
    const content = await writeContent(10_000, 'json');
    const small = await writeContent(FIELDS_PER_SECTION, 'json');
    const { figures, errors, answers } = await freshFigures(subjects, {
      processes: PROCESSES,
      task: new URL('../harness/tasks/heap.js', import.meta.url),
      name: 'measureRetained',
      args: (subject) => [subject, content, small],
      execArgv: ['--expose-gc'],
      read: ({ first }) => first / 1024,
    });
    return withNextSet(compare(figures, errors), answers);
  },
};

/** Adds what one more set costs: without what is compiled once. */
function withNextSet(result, answers) {
  const next = (name) => median(answers[name].map((answer) => answer.next)) / 1024;
  if (result.median === null || answers.plain === undefined) return result;
  const name = 'plain, one more set each';
  return {
    ...result,
    ratios: { ...result.ratios, [name]: next(OWN) / next('plain') },
    medians: { ...result.medians, [name]: next('plain') },
  };
}
