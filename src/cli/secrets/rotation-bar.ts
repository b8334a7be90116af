import type { RotationProgress } from '../../security/index.js';
import { printable } from '../change-text.js';
import type { CommandIo } from '../command-io.js';
import { ProgressBar } from '../progress-bar.js';
import { shownFile } from './files-with-values.js';
import { fileCount } from './rotation-text.js';

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
