import { runFresh } from './fresh-process.js';
import { median } from './statistics.js';

/**
 * Runs a call that answers `{ name: number, … }` in several fresh processes: the optimiser decides anew in each, so one
 * alone may be lucky. Gives the answers, `medians` of every name, and `ratio(a, b)`: the median of a ÷ b within one process.
 */
export async function severalProcesses(processes, task, name, args) {
  const answers = [];
  for (let count = 0; count < processes; count += 1) answers.push(await runFresh(task, name, args));
  return {
    medians: Object.fromEntries(
      Object.keys(answers[0]).map((key) => [key, median(answers.map((answer) => answer[key]))]),
    ),
    ratio: (a, b) => median(answers.map((answer) => answer[a] / answer[b])),
  };
}
