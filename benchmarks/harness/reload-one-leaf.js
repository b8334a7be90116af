import { severalProcesses } from './several-processes.js';

const TASK = new URL('tasks/reload.js', import.meta.url);
const PARSER = 'its parser alone';
export const COLD = 'cold load';
export const WARM = 'warm load';

/** A benchmark of a reload after one leaf changed in a base file that holds everything. */
export function reloadOneFile({ title, content, target }) {
  return {
    title: `reload after one leaf changed, ${title}`,
    unit: 'CPU ms',
    target,
    async measure() {
      const { medians, ratio } = await severalProcesses(5, TASK, 'timeOneFile', [await content()]);
      return {
        median: medians.reload,
        ratios: {
          [COLD]: ratio('reload', 'first'),
          [WARM]: ratio('reload', 'warm'),
          [PARSER]: ratio('reload', 'parser'),
        },
        medians: { [COLD]: medians.first, [WARM]: medians.warm, [PARSER]: medians.parser },
      };
    },
  };
}

/**
 * The same with a file for each section, beside ten times as many untouched sections: `content(times)` gives the content
 * with so many times its sections.
 */
export function reloadManyFiles({ title, content, target }) {
  const many = 'among ten times the sections';
  return {
    title: `reload after one leaf changed, ${title}`,
    unit: 'CPU ms',
    target: {
      text: `${target.text}, and independent of the number of untouched sections`,
      // Independent is more than the noise of a file read away from proportional: ten times the sections, not a third more.
      ratios: { ...target.ratios, [many]: { atMost: 1.3 } },
    },
    async measure() {
      const few = await severalProcesses(5, TASK, 'timeManyFiles', [await content(1)]);
      const more = await severalProcesses(3, TASK, 'timeManyFiles', [await content(10)]);
      const { first, warm, reload } = few.medians;
      return {
        median: reload,
        // The last one the other way round: how much slower a reload is among ten times the sections.
        ratios: {
          [COLD]: few.ratio('reload', 'first'),
          [WARM]: few.ratio('reload', 'warm'),
          [many]: more.medians.reload / reload,
        },
        medians: { [COLD]: first, [WARM]: warm, [many]: more.medians.reload },
      };
    },
  };
}
