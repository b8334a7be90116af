import type { Clock, ConfigError, ConfigLogger } from '../../core/index.js';
import type { AuditEvent } from './audit-event.js';
import type { AuditHead, AuditSink } from './audit-sink.js';
import { failureText, sinkFailed } from './audit-errors.js';

export interface LaneOptions {
  readonly sink: AuditSink;
  readonly logger: ConfigLogger;
  readonly clock: Clock;
  /** Events are on record, so there is room. */
  readonly onWritten: () => void;
  readonly onFailed: (error: ConfigError) => void;
}

interface Waiting {
  readonly seq: number;
  readonly resolve: () => void;
  readonly reject: (error: ConfigError) => void;
}

const LARGEST_BATCH = 1000;
const RETRY_AFTER_MS = 1000;

/**
 * What one sink still owes, in order: no event is handed over before those ahead of it are on record. What arrives while
 * the sink is busy goes together with the next call.
 */
export class AuditLane {
  readonly #options: LaneOptions;
  readonly #owed: AuditEvent[] = [];
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #head: Promise<AuditHead | undefined> | undefined;
  /** Whether somebody has asked since the last attempt began. */
  #isWanted = false;
  /** Why the last attempt failed. */
  #failure: string | undefined;
  /** Since when the sink owes an answer, and whether somebody has waited for it in vain. */
  #asked: { readonly since: number; isHanging: boolean } | undefined;
  #cancelRetry: (() => void) | undefined;

  public constructor(options: LaneOptions) {
    this.#options = options;
  }

  public get size(): number {
    return this.#owed.length;
  }

  public get problem(): string | undefined {
    const { name } = this.#options.sink;
    if (this.isHanging) return `The audit sink ${name} does not answer.`;
    return this.#failure === undefined ? undefined : `The audit sink ${name} fails: ${this.#failure}`;
  }

  /** True from when somebody has waited for the sink in vain, until it answers. */
  public get isHanging(): boolean {
    return this.#asked?.isHanging === true;
  }

  /**
   * Somebody has waited in vain. A sink that owes an answer for about as long hangs: nobody else need wait for it.
   *
   * @param patience milliseconds
   */
  public waitedInVain(patience: number): void {
    const asked = this.#asked;
    if (asked === undefined || asked.isHanging) return;
    // What was asked a moment after the waiting began is what was waited for.
    if (this.#options.clock.monotonic() - asked.since < patience / 2) return;
    asked.isHanging = true;
    const { sink, logger } = this.#options;
    logger.log({
      level: 'error',
      event: 'config.audit.hanging',
      message: `The audit sink ${sink.name} does not answer. Until it does, what must be on record is refused at once.`,
      fields: { sink: sink.name, owed: this.#owed.length },
    });
  }

  /** The last event that the sink keeps. Asked once, and again after a failure. */
  public open(): Promise<AuditHead | undefined> {
    this.#head ??= this.#open();
    return this.#head;
  }

  /** Hands an event over as soon as it is its turn. */
  public push(event: AuditEvent): void {
    this.#owed.push(event);
    if (this.#failure === undefined) void this.run();
  }

  /** Settles with the next attempt to write the event, which is one of those pushed. */
  public written(seq: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ seq, resolve, reject });
      void this.run();
    });
  }

  /** Hands over what is owed; resolves when nothing is, or the sink has failed. Never rejects. */
  public run(): Promise<void> {
    this.#isWanted = true;
    this.#running ??= this.#handOver();
    return this.#running;
  }

  /** Never rejects. */
  public async close(): Promise<void> {
    this.#cancelRetry?.();
    // A sink that could not be opened has nothing to close.
    if (this.#head === undefined) return;
    try {
      await this.#options.sink.close?.();
    } catch (error) {
      this.#report(error);
    }
  }

  async #open(): Promise<AuditHead | undefined> {
    const { sink, logger, clock } = this.#options;
    // So that even a sink that throws at once does so after this promise is kept.
    await Promise.resolve();
    try {
      const head = await this.#ask(() => sink.open?.({ logger, clock }));
      this.#recovered();
      return head;
    } catch (error) {
      this.#head = undefined;
      this.#report(error);
      throw sinkFailed(sink.name, error);
    }
  }

  async #handOver(): Promise<void> {
    this.#cancelRetry?.();
    // What is pushed in the same turn goes together.
    await Promise.resolve();
    // Who has asked while an attempt failed is owed another one.
    while (this.#owed.length > 0 && ((await this.#attempt()) || this.#isWanted));
    // At once, and not when somebody awaits it: whoever comes next must start anew.
    this.#running = undefined;
    if (this.#owed.length > 0) this.#cancelRetry = this.#options.clock.after(RETRY_AFTER_MS, () => void this.run());
  }

  /** Whether the next events are on record. */
  async #attempt(): Promise<boolean> {
    this.#isWanted = false;
    const batch = this.#owed.slice(0, LARGEST_BATCH);
    const last = batch.at(-1)?.seq ?? 0;
    const askedBefore = new Set(this.#waiting);
    try {
      await this.#ask(() => this.#options.sink.append(batch));
    } catch (error) {
      // Whoever waits for a later event waits for this one too.
      this.#failed((waiting) => askedBefore.has(waiting) || waiting.seq <= last, error);
      return false;
    }
    this.#owed.splice(0, batch.length);
    this.#recovered();
    for (const { resolve } of this.#take(({ seq }) => seq <= last)) resolve();
    this.#options.onWritten();
    return true;
  }

  async #ask<Answer>(ask: () => Answer): Promise<Awaited<Answer>> {
    const asked = { since: this.#options.clock.monotonic(), isHanging: false };
    this.#asked = asked;
    try {
      return await ask();
    } finally {
      this.#asked = undefined;
      if (asked.isHanging) this.#failure ??= 'it did not answer in time.';
    }
  }

  #take(isDue: (waiting: Waiting) => boolean): readonly Waiting[] {
    const taken = this.#waiting.filter(isDue);
    this.#waiting = this.#waiting.filter((waiting) => !isDue(waiting));
    return taken;
  }

  #failed(isDue: (waiting: Waiting) => boolean, error: unknown): void {
    this.#report(error);
    const failure = sinkFailed(this.#options.sink.name, error);
    for (const { reject } of this.#take(isDue)) reject(failure);
    this.#options.onFailed(failure);
  }

  /** Once for each time it begins to fail, not for each attempt. */
  #report(error: unknown): void {
    const isKnown = this.#failure !== undefined;
    this.#failure = failureText(error);
    if (isKnown) return;
    this.#options.logger.log({
      level: 'error',
      event: 'config.audit.failed',
      message: `The audit sink ${this.#options.sink.name} fails: ${this.#failure}`,
      fields: { sink: this.#options.sink.name, owed: this.#owed.length },
    });
  }

  #recovered(): void {
    if (this.#failure === undefined) return;
    this.#failure = undefined;
    this.#options.logger.log({
      level: 'info',
      event: 'config.audit.recovered',
      message: `The audit sink ${this.#options.sink.name} works again.`,
      fields: { sink: this.#options.sink.name },
    });
  }
}
