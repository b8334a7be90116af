import { compare } from '../harness/compare.js';
import { writeContent } from '../harness/content/content.js';
import { FIELDS_PER_SECTION } from '../harness/content/sections.js';
import { freshFigures } from '../harness/fresh-figures.js';
import { OWN } from '../harness/subjects/index.js';

const TASK = new URL('../harness/tasks/read-field.js', import.meta.url);
const CLOSE = [OWN, 'plain'];

export default {
  title: 'one number read from a section, as the users of each package read it',
  unit: 'ns',
  target: { text: 'at most 1.1x a plain frozen object', ratios: { plain: { atMost: 1.1 } } },
  async measure({ subjects }) {
    const content = await writeContent(FIELDS_PER_SECTION, 'json');
    const time = (names, processes) =>
      freshFigures(names, { processes, task: TASK, name: 'timeFieldReads', args: (subject) => [subject, content] });
    // A tenth of a nanosecond decides between the two of the target; the others are farther apart.
    const close = await time(CLOSE, 9);
    const others = await time(
      subjects.filter((name) => !CLOSE.includes(name)),
      3,
    );
    return compare({ ...close.figures, ...others.figures }, { ...close.errors, ...others.errors });
  },
};
