import { writeContent, writeService } from '../harness/content/content.js';
import { runFresh } from '../harness/fresh-process.js';
import { median } from '../harness/statistics.js';

const TASK = new URL('../harness/tasks/overlay.js', import.meta.url);
const PROCESSES = 3;
const KEPT = 'bytes kept once used, ÷ 3 KiB';

export default {
  title: 'an overlay of five leaves in five of 200 sections, flat, as a whole generation',
  unit: 'CPU µs',
  target: {
    text: 'at most 60 µs hot and 3 KiB once used',
    median: { atMost: 60 },
    ratios: { [KEPT]: { atMost: 1 } },
  },
  async measure() {
    const content = await writeContent(10_000, 'json');
    const apart = await figures([content]);
    const together = await figures([content, { together: true }]);
    const nested = await figures([await writeService(10_000, 'json', { variables: false })]);
    return {
      median: apart.hot,
      ratios: { [KEPT]: apart.usedBytes / 3_072 },
      medians: {
        'bytes kept once used': apart.usedBytes,
        'bytes kept idle': apart.idleBytes,
        'the first thousand': apart.cold,
        'the thousand after': apart.steady,
        'all five in one section': together.hot,
        'all five in one section, bytes': together.usedBytes,
        'over 100 sections of nested groups, service': nested.hot,
        'service, the first thousand': nested.cold,
        'service, the thousand after': nested.steady,
        'service, bytes kept once used': nested.usedBytes,
      },
    };
  },
};

async function figures(args) {
  const answers = [];
  for (let count = 0; count < PROCESSES; count += 1) {
    answers.push(await runFresh(TASK, 'measureOverlays', args, { execArgv: ['--expose-gc'] }));
  }
  const of = (name) => median(answers.map((answer) => answer[name]));
  const names = ['hot', 'cold', 'steady', 'idleBytes', 'usedBytes'];
  return Object.fromEntries(names.map((name) => [name, of(name)]));
}
