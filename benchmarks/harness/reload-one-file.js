import { writeContent } from './content/content.js';
import { severalProcesses } from './several-processes.js';

const TASK = new URL('tasks/reload.js', import.meta.url);
const PARSER = 'its parser alone';

/** A benchmark of a reload after one leaf changed in a file that holds everything. */
export function reloadOneFile({ leaves, format }) {
  return {
    title: `reload after one leaf of ${leaves} changed, all in one file, ${format.toUpperCase()}`,
    unit: 'ms',
    target: { text: "at most 1.3x that file's parser alone", ratios: { [PARSER]: { atMost: 1.3 } } },
    async measure() {
      const { medians, ratio } = await severalProcesses(5, TASK, 'timeOneFile', [await writeContent(leaves, format)]);
      return {
        median: medians.reload,
        ratios: { [PARSER]: ratio('reload', 'parser'), 'cold load': ratio('reload', 'first') },
        medians: { [PARSER]: medians.parser, 'cold load': medians.first },
      };
    },
  };
}
