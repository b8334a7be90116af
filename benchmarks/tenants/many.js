import { writeContent } from '../harness/content/content.js';
import { runFresh } from '../harness/fresh-process.js';

const TASK = new URL('../harness/tasks/tenants.js', import.meta.url);
const KEPT = 'bytes of an idle tenant above the map of documents, ÷ 300 B';
const COMMIT = 'a commit of the base, ÷ 10 µs';

export default {
  title: '100,000 tenants known with five overrides each, 1,000 of them live: their first settings',
  unit: 'CPU µs',
  target: {
    text: 'at most 300 B for an idle one, a commit of the base under 10 µs',
    ratios: { [KEPT]: { atMost: 1 }, [COMMIT]: { atMost: 1 } },
  },
  async measure() {
    const content = await writeContent(1_000, 'json');
    const execArgv = ['--expose-gc', '--max-old-space-size=4096'];
    const found = await runFresh(TASK, 'measureMany', [content, 100_000, 1_000], { execArgv });
    return {
      median: found.firstMedian,
      ratios: { [KEPT]: found.idleBytes / 300, [COMMIT]: found.commit / 10 },
      medians: {
        'first settings, 99th of 100': found.firstLate,
        'bytes of an idle tenant': found.idleBytes,
        'commit of the base, µs': found.commit,
        'the first one after all have followed, µs': found.lateCommit,
        'the same where nobody follows, µs': found.lateCommitAlone,
        'a live tenant that follows, CPU µs': found.follow,
      },
    };
  },
};
