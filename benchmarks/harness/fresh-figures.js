import { runFresh } from './fresh-process.js';
import { median } from './statistics.js';

/**
 * Runs one call for every subject in a fresh process, all subjects in turn, `processes` times, and takes the median of
 * the numbers each one answered (`read` picks the number from an answer).
 */
export async function freshFigures(subjects, { processes, task, name, args, execArgv, read = (answer) => answer }) {
  const answers = Object.fromEntries(subjects.map((subject) => [subject, []]));
  const errors = {};
  for (let round = 0; round < processes; round += 1) {
    for (const subject of subjects) {
      if (subject in errors) continue;
      try {
        answers[subject].push(await runFresh(task, name, args(subject), { execArgv }));
      } catch (error) {
        errors[subject] = error.message;
        delete answers[subject];
      }
    }
  }
  const figures = Object.fromEntries(
    Object.entries(answers).map(([subject, values]) => [subject, median(values.map(read))]),
  );
  return { figures, errors, answers };
}
