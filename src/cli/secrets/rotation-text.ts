import type { RotationProblem, RotationReport } from '../../security/index.js';
import { printable } from '../change-text.js';
import type { CommandIo } from '../command-io.js';
import { paint } from '../paint.js';
import { shownFile } from './files-with-values.js';

export function rotationText(io: CommandIo, report: RotationReport): string {
  const { files, rotated, current, after, problems, problemsLeftOut, dryRun, complete } = report;
  const done = dryRun ? 'would be encrypted again' : 'encrypted again';
  const changed = files.filter((file) => file.rotated > 0);
  const lines = [
    ...changed.map((file) => `${printable(shownFile(io, file.file))}: ${values(file.rotated)} ${done}`),
    ...problems.map((problem) => problemText(io, problem)),
    ...(problemsLeftOut > 0 ? [`and ${values(problemsLeftOut)} more that stay as they are`] : []),
    `${values(rotated)} ${done}, ${String(current)} under the newest key already, in ${fileCount(files.length)}.`,
    ...[...after].map(([kid, number]) => `  ${kid}: ${values(number)}`),
    complete
      ? paint(
          io.out,
          'green',
          dryRun ? 'No value would be left under an older key.' : 'No value is left under an older key.',
        )
      : paint(io.out, 'red', 'Some values may still be under an older key: keep that key until they are not.'),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** The same for programs: files as the user would write them, counts by key. */
export function rotationData(io: CommandIo, report: RotationReport): object {
  return {
    ...report,
    files: report.files.map((file) => ({ ...file, file: shownFile(io, file.file) })),
    problems: report.problems.map((problem) => ({ ...problem, file: shownFile(io, problem.file) })),
    before: Object.fromEntries(report.before),
    after: Object.fromEntries(report.after),
  };
}

/** One problem, with its place in front. */
export function problemText(io: CommandIo, { file, line, column, message }: RotationProblem): string {
  const place = line === undefined ? '' : `:${String(line)}:${String(column)}`;
  return `${printable(shownFile(io, file))}${place} ${paint(io.out, 'red', message)}`;
}

function values(count: number): string {
  return count === 1 ? '1 value' : `${String(count)} values`;
}

/** `1 file`, `2 files`. */
export function fileCount(count: number): string {
  return count === 1 ? '1 file' : `${String(count)} files`;
}
