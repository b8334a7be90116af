import type { RotationProgress } from '../../security/index.js';
import { printable } from '../change-text.js';
import type { CommandIo } from '../command-io.js';
import { shownFile } from './files-with-values.js';
import { fileCount } from './rotation-text.js';

const WIDTH = 30;
/** The start of the line; and from here to its end nothing. */
const [START, CLEAR] = ['\r', '\u001b[K'];

/** Shows how far a rotation is: a bar on a terminal, and a line for every file elsewhere. */
export class RotationBar {
  readonly #io: CommandIo;
  #shown = '';

  public constructor(io: CommandIo) {
    this.#io = io;
  }

  public update(progress: RotationProgress): void {
    const { file, filesDone, files, bytesDone, bytes, rotated } = progress;
    if (this.#io.error.terminal !== true) {
      if (bytes === 0)
        this.#write(`${String(filesDone)} of ${fileCount(files)}: ${printable(shownFile(this.#io, file))}\n`);
      return;
    }
    const part = Math.min(1, (filesDone + (bytes === 0 ? 0 : bytesDone / bytes)) / files);
    const bar = '#'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH, '.');
    const percent = `${String(Math.floor(part * 100)).padStart(3)} %`;
    this.#write(`${START}[${bar}] ${percent} ${String(rotated)} values${CLEAR}`);
  }

  /** Takes the bar away, before anything else is written. */
  public end(): void {
    if (this.#shown !== '' && this.#io.error.terminal === true) this.#io.error.write(`${START}${CLEAR}`);
  }

  #write(text: string): void {
    if (text === this.#shown) return;
    this.#shown = text;
    this.#io.error.write(text);
  }
}
