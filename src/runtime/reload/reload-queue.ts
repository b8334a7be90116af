import type { Clock } from '../../core/index.js';

/** Why a run takes place and what it has to look at; several requests may have been joined in it. */
export interface QueuedRun {
  /** Each reason once, in the order of arrival. */
  readonly reasons: readonly string[];
  /** The indexes of the sources to read; all when absent. */
  readonly only?: ReadonlySet<number>;
}

/** What {@link ReloadQueue} needs. */
export interface ReloadQueueOptions<T> {
  readonly clock: Clock;
  /** Milliseconds in which requests that can wait are joined into one run. */
  readonly debounce: number;
  /** Never rejects: what goes wrong is part of the outcome. */
  readonly run: (request: QueuedRun) => Promise<T>;
  /** The outcome of requests that the queue will not carry out any more. */
  readonly closed: () => T;
}

interface Batch<T> {
  readonly reasons: Set<string>;
  only: Set<number> | undefined;
  readonly waiting: ((outcome: T) => void)[];
  urgent: boolean;
}

/**
 * One run at a time. Requests that arrive meanwhile are joined into one more run, which starts when this one has ended;
 * a request therefore never gets the outcome of a run that began before it was made.
 */
export class ReloadQueue<T> {
  readonly #options: ReloadQueueOptions<T>;
  #batch: Batch<T> | undefined;
  #running: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
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

  /** The reasons of the requests that wait. */
  public get waiting(): readonly string[] {
    return [...(this.#batch?.reasons ?? [])];
  }

  /** Asks for a run. An urgent one does not wait for others to join it. */
  public request(reason: string, only?: Iterable<number>, urgent = false): Promise<T> {
    if (this.#closed) return Promise.resolve(this.#options.closed());
    const batch = this.#join([reason], only, urgent);
    const outcome = new Promise<T>((resolve) => batch.waiting.push(resolve));
    this.#schedule();
    return outcome;
  }

  /** Asks for a run whose outcome nobody waits for. */
  public notify(reasons: readonly string[], only: Iterable<number>, urgent = true): void {
    if (this.#closed) return;
    this.#join(reasons, only, urgent);
    this.#schedule();
  }

  #join(reasons: readonly string[], only: Iterable<number> | undefined, urgent: boolean): Batch<T> {
    const batch = (this.#batch ??= { reasons: new Set(), only: new Set(), waiting: [], urgent: false });
    for (const reason of reasons) batch.reasons.add(reason);
    if (only === undefined) batch.only = undefined;
    else for (const index of only) batch.only?.add(index);
    batch.urgent ||= urgent;
    return batch;
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
    this.#stopTimer();
  }

  public resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  /** Answers what waits with the closed outcome, and resolves when the run under way has ended. */
  public async close(): Promise<void> {
    this.#closed = true;
    this.#stopTimer();
    const batch = this.#batch;
    this.#batch = undefined;
    for (const answer of batch?.waiting ?? []) answer(this.#options.closed());
    await this.#running;
  }

  #schedule(): void {
    const batch = this.#batch;
    if (batch === undefined || this.#paused || this.#running !== undefined || this.#exclusives > 0 || this.#closed)
      return;
    if (batch.urgent) {
      this.#stopTimer();
      this.#start();
    } else {
      // The window opens with the first request and is not moved by later ones: steady changes cannot starve a run.
      this.#cancelTimer ??= this.#options.clock.after(this.#options.debounce, () => {
        this.#cancelTimer = undefined;
        this.#start();
      });
    }
  }

  #start(): void {
    const batch = this.#batch;
    if (batch === undefined || this.#running !== undefined) return;
    this.#batch = undefined;
    const { reasons, only, waiting } = batch;
    this.#running = this.#options
      .run({ reasons: [...reasons], ...(only !== undefined && { only }) })
      .then((outcome) => {
        for (const answer of waiting) answer(outcome);
        this.#ended();
      });
  }

  #ended(): void {
    this.#running = undefined;
    this.#schedule();
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}
