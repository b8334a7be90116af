import type { RotationProblem, RotationReport, RotationProgress } from '../../security/index.js';
import { printable, paint } from '../output-text.js';
import type { CommandIo } from '../command.js';
import { ProgressBar } from '../progress-bar.js';
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

/** Shows how far a rotation is: a bar on a terminal, and a line for every file elsewhere. */
export class RotationBar {
  readonly #io: CommandIo;
  readonly #bar: ProgressBar;
  #shown = '';

  public constructor(io: CommandIo) {
    this.#io = io;
    this.#bar = new ProgressBar(io.error);
  }

  public update({ file, filesDone, files, bytesDone, bytes, rotated }: RotationProgress): void {
    const part = Math.min(1, (filesDone + (bytes === 0 ? 0 : bytesDone / bytes)) / files);
    this.#bar.update(part, `${String(rotated)} values`);
    const line = `${String(filesDone)} of ${fileCount(files)}: ${printable(shownFile(this.#io, file))}\n`;
    if (this.#io.error.terminal === true || bytes > 0 || line === this.#shown) return;
    this.#shown = line;
    this.#io.error.write(line);
  }

  public end(): void {
    this.#bar.end();
  }
}
