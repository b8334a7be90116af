/** Why a run takes place; several requests may have been joined in it. */
export interface QueuedRun {
  readonly reasons: readonly string[];
  readonly isAsked: boolean;
}

export interface ReloadQueueOptions<T> {
  /** Never rejects: what goes wrong is part of the outcome. */
  readonly run: (request: QueuedRun) => Promise<T>;
  readonly closed: () => T;
}

interface Batch<T> {
  readonly reasons: Set<string>;
  readonly waiting: ((outcome: T) => void)[];
}

/**
 * One run at a time. Requests that arrive meanwhile are joined into one more run, which starts when this one has ended;
 * a request therefore never gets the outcome of a run that began before it was made.
 */
export class ReloadQueue<T> {
  readonly #options: ReloadQueueOptions<T>;
  #batch: Batch<T> | undefined;
  #running: Promise<void> | undefined;
  /** How many wait to be carried out alone. */
  #exclusives = 0;
  #paused = false;
  #closed = false;

  public constructor(options: ReloadQueueOptions<T>) {
    this.#options = options;
  }

  public get isPaused(): boolean {
    return this.#paused;
  }

  public get isRunning(): boolean {
    return this.#running !== undefined;
  }

  public get waiting(): readonly string[] {
    return [...(this.#batch?.reasons ?? [])];
  }

  public request(reason: string): Promise<T> {
    if (this.#closed) return Promise.resolve(this.#options.closed());
    const { waiting } = this.#join([reason]);
    const outcome = new Promise<T>((resolve) => waiting.push(resolve));
    this.#schedule();
    return outcome;
  }

  /** Requests a run whose outcome is not awaited. */
  public notify(reasons: readonly string[]): void {
    if (this.#closed) return;
    this.#join(reasons);
    this.#schedule();
  }

  /** Carries out something else alone, after what is under way and before what waits. */
  public async exclusive(work: () => Promise<T>): Promise<T> {
    this.#exclusives++;
    while (this.#running !== undefined) await this.#running;
    this.#exclusives--;
    if (this.#closed) return this.#options.closed();
    const outcome = work();
    this.#running = outcome.then(
      () => {
        this.#ended();
      },
      () => {
        this.#ended();
      },
    );
    return outcome;
  }

  /** Lets requests wait until {@link resume}; a run under way is carried to its end. */
  public pause(): void {
    this.#paused = true;
  }

  public resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  /** Answers what waits with the closed outcome, and resolves when the run under way has ended. */
  public async close(): Promise<void> {
    this.#closed = true;
    const batch = this.#batch;
    this.#batch = undefined;
    for (const answer of batch?.waiting ?? []) answer(this.#options.closed());
    await this.#running;
  }

  #join(reasons: readonly string[]): Batch<T> {
    const batch = (this.#batch ??= { reasons: new Set(), waiting: [] });
    for (const reason of reasons) batch.reasons.add(reason);
    return batch;
  }

  #schedule(): void {
    const batch = this.#batch;
    const isHeld = this.#paused || this.#closed || this.#exclusives > 0;
    if (batch === undefined || this.#running !== undefined || isHeld) return;
    this.#batch = undefined;
    const { reasons, waiting } = batch;
    this.#running = this.#options.run({ reasons: [...reasons], isAsked: waiting.length > 0 }).then((outcome) => {
      for (const answer of waiting) answer(outcome);
      this.#ended();
    });
  }

  #ended(): void {
    this.#running = undefined;
    this.#schedule();
  }
}
