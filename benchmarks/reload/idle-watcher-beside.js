import { runFresh } from '../harness/fresh-process.js';

const TASK = new URL('../harness/tasks/watch.js', import.meta.url);
const FILES = 100;
const SECONDS = 20;
const WRITES = 10;
const BARE = 'one bare fs.watch';

export default {
  title: `share of a core that watching ${FILES} files takes while a file beside them is written ${WRITES} times a second`,
  unit: '% of a core',
  async measure() {
    const share = await runFresh(TASK, 'measureIdle', [FILES, SECONDS, WRITES]);
    const bare = await runFresh(TASK, 'measureBare', [SECONDS, WRITES]);
    return { median: share, ratios: { [BARE]: share / bare }, medians: { [BARE]: bare } };
  },
};
