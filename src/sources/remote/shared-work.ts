import { abortController } from '../../core/index.js';
import { untilAborted } from './until-aborted.js';

interface Running<T> {
  readonly work: Promise<T>;
  readonly end: AbortController;
  waiting: number;
}

/** Work that is done once for all who ask at the same time. Who gives up leaves it to the others; the last one ends it. */
export class SharedWork<T> {
  #running: Running<T> | undefined;

  public get isUnderWay(): boolean {
    return this.#running !== undefined;
  }

  /** @param begin starts the work where none is under way; its signal is of no single caller */
  public async join(signal: AbortSignal, begin: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const running = (this.#running ??= this.#start(begin));
    running.waiting++;
    try {
      return await untilAborted(signal, running.work);
    } finally {
      running.waiting--;
      if (running.waiting === 0) {
        // Whoever comes next begins anew.
        if (this.#running === running) this.#running = undefined;
        running.end.abort(signal.reason);
      }
    }
  }

  #start(begin: (signal: AbortSignal) => Promise<T>): Running<T> {
    const end = abortController();
    return { work: begin(end.signal), end, waiting: 0 };
  }
}
