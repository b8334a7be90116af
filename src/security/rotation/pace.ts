import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds at a stretch: far enough below the ten that the event loop may wait at most. */
const STRETCH = 4;

/** Keeps long work from holding up everything else in the process. */
export class Pace {
  readonly #chunk: number;
  readonly #signal: AbortSignal | undefined;
  #steps = 0;
  #began = performance.now();

  /** `chunk`: the most steps in one go. */
  public constructor(chunk: number, signal: AbortSignal | undefined) {
    this.#chunk = chunk;
    this.#signal = signal;
  }

  /** Counts a step; true when it is time to {@link Pace.rest}. */
  public step(): boolean {
    this.#steps++;
    return this.#steps >= this.#chunk || performance.now() - this.#began >= STRETCH;
  }

  /** Lets everything else go first. Throws the signal's reason when it has been aborted. */
  public async rest(): Promise<void> {
    await nextTurn();
    this.#signal?.throwIfAborted();
    this.#steps = 0;
    this.#began = performance.now();
  }
}
