import type { Clock } from '../../../core/index.js';

/** Does rounds one after the other, until it is stopped; after each it waits as long as that says, or until it is woken. */
export class WorkLoop {
  readonly #clock: Clock;
  readonly #round: () => Promise<number>;
  #running: Promise<void> | undefined;
  #isStopped = false;
  #wakes = 0;
  #wake: () => void = () => undefined;

  /** @param round answers with milliseconds, and never rejects */
  public constructor(clock: Clock, round: () => Promise<number>) {
    this.#clock = clock;
    this.#round = round;
  }

  public get isStopped(): boolean {
    return this.#isStopped;
  }

  public start(): void {
    this.#running ??= this.#run();
  }

  public wake(): void {
    this.#wakes++;
    this.#wake();
  }

  public async stop(): Promise<void> {
    this.#isStopped = true;
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const seen = this.#wakes;
      const pause = await this.#round();
      if (pause > 0 && this.#wakes === seen) await this.#sleep(pause);
    }
  }

  async #sleep(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(milliseconds, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
    this.#wake = () => undefined;
  }
}
