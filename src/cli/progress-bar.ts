import type { TextOutput } from './command.js';

const WIDTH = 30;
/** The start of the line; and from here to its end nothing. */
const [START, CLEAR] = ['\r', '\u001b[K'];

/** A bar that grows on a terminal, and nothing elsewhere. */
export class ProgressBar {
  readonly #output: TextOutput;
  #shown = '';

  public constructor(output: TextOutput) {
    this.#output = output;
  }

  /** @param part from 0 to 1 */
  public update(part: number, words: string): void {
    if (this.#output.terminal !== true) return;
    const bar = '#'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH, '.');
    const text = `${START}[${bar}] ${String(Math.floor(part * 100)).padStart(3)} % ${words}${CLEAR}`;
    if (text === this.#shown) return;
    this.#shown = text;
    this.#output.write(text);
  }

  /** Takes the bar away, before anything else is written. */
  public end(): void {
    if (this.#shown !== '') this.#output.write(`${START}${CLEAR}`);
  }
}
