import { compare } from './compare.js';
import { writeContent } from './content/content.js';
import { FIELDS_PER_SECTION } from './content/sections.js';
import { freshFigures } from './fresh-figures.js';
import { VALIDATING_PEERS } from './subjects/index.js';
import { aheadOf } from './verdict.js';

const TASK = new URL('tasks/load.js', import.meta.url);
const PROCESSES = 7;

/** A benchmark of the first load in a fresh process; imports and declarations come before the clock starts. */
export function coldLoad({ leaves, format }) {
  return {
    title: `cold load + validate, ${leaves} leaves in ${leaves / FIELDS_PER_SECTION} sections, ${format.toUpperCase()}, imports apart`,
    unit: 'ms',
    target: { text: 'ahead of every peer that validates', ratios: aheadOf(VALIDATING_PEERS) },
    async measure({ subjects }) {
      const content = await writeContent(leaves, format);
      const { figures, errors } = await freshFigures(subjects, {
        processes: PROCESSES,
        task: TASK,
        name: 'firstLoad',
        args: (subject) => [subject, content],
      });
      return compare(figures, errors);
    },
  };
}
