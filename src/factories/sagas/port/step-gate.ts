import type { Clock } from '../../../core/index.js';

/** Never settles: what waits for it is collected with it. */
async function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** Milliseconds that an engine may take for what it does before and after a step, once it is to end. */
const ENGINE = 30_000;

/**
 * Lets steps through until it is closed, and parks what comes after: a run that is parked neither goes on nor fails, so that
 * an engine keeps it as it was for another process.
 */
export class StepGate {
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  /** Steps that are under way: with the engine, which reads and writes, or in code of the program. */
  #withEngine = 0;
  #inProgram = 0;
  /** Nothing comes back from the program any more. */
  #isSealed = false;
  #moved: () => void = () => undefined;

  public constructor(clock: Clock) {
    this.#clock = clock;
  }

  public get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /**
   * Does a step. What `keep` throws is the engine's trouble, not the step's: then it is parked, too.
   *
   * @param keep has it done, and keeps what it answers
   */
  public async pass<T>(
    keep: (act: () => Promise<T>) => Promise<T>,
    act: () => Promise<T>,
    failed: (error: unknown) => void,
  ): Promise<T> {
    if (this.isClosed) return never();
    this.#move(1, 0);
    let result: T;
    try {
      result = await keep(async () => this.#act(act));
    } catch (error) {
      this.#move(-1, 0);
      if (!this.#closing.signal.aborted) failed(error);
      return never();
    }
    this.#move(-1, 0);
    return result;
  }

  /** An engine that ends while it goes in or comes out would keep its own failure as that of the step. */
  async #act<T>(act: () => Promise<T>): Promise<T> {
    this.#move(-1, this.isClosed ? 0 : 1);
    if (this.isClosed) return never();
    const result = await act();
    if (this.#isSealed) return never();
    this.#move(1, -1);
    return result;
  }

  /** Waits inside of a step; forever, once the gate is closed. */
  public async pause(milliseconds: number): Promise<void> {
    const { signal } = this.#closing;
    await new Promise<void>((resolve) => {
      const close = (): void => {
        cancel();
        this.#move(0, -1);
      };
      const cancel = this.#clock.after(milliseconds, () => {
        signal.removeEventListener('abort', close);
        resolve();
      });
      if (signal.aborted) close();
      else signal.addEventListener('abort', close, { once: true });
    });
  }

  /** Lets nothing through any more; resolves when what is under way is done, or the time is over. */
  public async close(timeout: number): Promise<void> {
    this.#closing.abort();
    await this.#until(timeout, () => this.#withEngine + this.#inProgram === 0);
    this.#isSealed = true;
    await this.#until(ENGINE, () => this.#withEngine === 0);
  }

  async #until(timeout: number, isDone: () => boolean): Promise<void> {
    if (isDone()) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(timeout, resolve);
      this.#moved = () => {
        if (!isDone()) return;
        cancel();
        resolve();
      };
    });
  }

  #move(engine: number, program: number): void {
    this.#withEngine += engine;
    this.#inProgram += program;
    this.#moved();
  }
}
