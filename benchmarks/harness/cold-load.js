import { compare } from './compare.js';
import { writeContent, writeService } from './content/content.js';
import { freshFigures } from './fresh-figures.js';
import { median } from './statistics.js';

const TASK = new URL('tasks/load.js', import.meta.url);
const PROCESSES = 5;

/**
 * A benchmark of the first load in a fresh process, imports apart. Everybody's declaration of classes or schema counts;
 * rows of their own say what the load alone took.
 */
export function coldLoad({ leaves, format, shape = 'flat', oneRoot = false, target }) {
  return {
    title: `cold: declare, load and validate, ${leaves} leaves, ${shape}${oneRoot ? ' below one root key' : ''}, ${format.toUpperCase()}, imports apart`,
    unit: 'CPU ms',
    target,
    async measure({ subjects }) {
      const content =
        shape === 'flat' ? await writeContent(leaves, format) : await writeService(leaves, format, { oneRoot });
      const { figures, errors, answers } = await freshFigures(subjects, {
        processes: PROCESSES,
        task: TASK,
        name: 'firstLoad',
        args: (subject) => [subject, content],
        read: ({ declared, loaded }) => declared + loaded,
      });
      return withParts(compare(figures, errors), answers);
    },
  };
}

/** Adds what the declarations and the load took apart, for us and for everybody else. */
function withParts(result, answers) {
  const medians = { ...result.medians };
  const ratios = { ...result.ratios };
  const own = answers['uno-config'];
  for (const [name, parts] of Object.entries(answers)) {
    const part = (key, of = parts) => median(of.map((answer) => answer[key]));
    medians[`${name}, declarations`] = part('declared');
    medians[`${name}, load alone`] = part('loaded');
    if (own !== undefined && parts !== own) ratios[`${name}, load alone`] = part('loaded', own) / part('loaded');
  }
  return { ...result, medians, ratios };
}
