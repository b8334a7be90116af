import { compare } from './compare.js';
import { freshFigures } from './fresh-figures.js';
import { median } from './statistics.js';
import { OWN } from './subjects/index.js';

const TASK = new URL('tasks/heap.js', import.meta.url);
const PROCESSES = 3;
const NEXT = 'plain, one more set each';

/**
 * Heap and external memory that a loaded configuration keeps above the declarations of everybody: with everything needed
 * to explain origins, and with what is prepared once for the classes or the schema.
 *
 * @param writeContent gives the content of so many leaves
 * @param few how many leaves the small set has that is loaded first, so that code compiled by the first load does not count
 */
export function retainedHeap({ title, leaves, few, writeContent, target }) {
  return {
    title,
    unit: 'KiB',
    target,
    async measure({ subjects }) {
      const [content, small] = [await writeContent(leaves), await writeContent(few)];
      const { figures, errors, answers } = await freshFigures(subjects, {
        processes: PROCESSES,
        task: TASK,
        name: 'measureRetained',
        args: (subject) => [subject, content, small],
        execArgv: ['--expose-gc'],
        read: ({ first }) => first / 1024,
      });
      return withNextSet(compare(figures, errors), answers);
    },
  };
}

/** Adds what one more set costs: without what is prepared once. */
function withNextSet(result, answers) {
  if (result.median === null || answers.plain === undefined) return result;
  const next = (name) => median(answers[name].map((answer) => answer.next)) / 1024;
  return {
    ...result,
    ratios: { ...result.ratios, [NEXT]: next(OWN) / next('plain') },
    medians: { ...result.medians, [NEXT]: next('plain') },
  };
}
