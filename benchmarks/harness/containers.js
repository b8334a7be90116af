import { writeService } from './content/content.js';
import { runFresh } from './fresh-process.js';
import { median } from './statistics.js';

const TASK = new URL('tasks/containers.js', import.meta.url);
const PROCESSES = 3;

/** A benchmark of what a container keeps; `part` is the one it is about: first, second or generation. */
export function keptByContainer({ title, part, target }) {
  return {
    title: `${title}, 10,000 leaves, service, JSON, with 100 variables`,
    unit: 'KiB',
    target,
    async measure() {
      const content = await writeService(10_000, 'json');
      const answers = [];
      for (let count = 0; count < PROCESSES; count += 1) {
        answers.push(await runFresh(TASK, 'measureContainers', [content], { execArgv: ['--expose-gc'] }));
      }
      const of = (name) => median(answers.map((answer) => answer[name])) / 1024;
      const others = ['first', 'second', 'generation'].filter((name) => name !== part);
      return { median: of(part), medians: Object.fromEntries(others.map((name) => [name, of(name)])) };
    },
  };
}
