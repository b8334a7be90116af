import type { Clock } from '../../core/index.js';
import type { Backoff } from './backoff.js';
import { backoffDelay } from './backoff.js';
import type { FailureKind } from './failure-kind.js';

/** What a {@link SourceRetry} works with. */
export interface SourceRetryOptions {
  readonly backoff: Backoff;
  readonly clock: Clock;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  /** Asks for a reload of the source; what comes of it is told with `failed` or `succeeded`. Must not throw. */
  readonly ask: () => void;
}

interface Pending {
  readonly pace: 'growing' | 'refused' | 'asked';
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly cancel: () => void;
}

/** Asks for a source again and again, more and more slowly, until it answers. Never gives up. */
export class SourceRetry {
  readonly #options: SourceRetryOptions;
  #retries = 0;
  #pending: Pending | undefined;

  public constructor(options: SourceRetryOptions) {
    this.#options = options;
  }

  /** When the source is asked next, in milliseconds since 1970. */
  public get nextAttempt(): number | undefined {
    return this.#pending?.at;
  }

  /** The source was asked, by us or somebody else, and failed. */
  public failed(kind: FailureKind): void {
    const pace = kind === 'refused' ? 'refused' : 'growing';
    // Others may ask much more often than we do; that must not put our own turn off for ever.
    if (this.#pending?.pace === pace) return;
    this.#retries++;
    const { backoff, random } = this.#options;
    this.#arm(pace, pace === 'refused' ? backoff.refused : backoffDelay(backoff, this.#retries, random));
  }

  /** The source answered, or nobody wants it any more. */
  public stop(): void {
    this.#pending?.cancel();
    this.#pending = undefined;
    this.#retries = 0;
  }

  #arm(pace: Pending['pace'], delay: number): void {
    const { clock, ask, backoff } = this.#options;
    this.#pending?.cancel();
    const cancel = clock.after(delay, () => {
      // The request may come to nothing, in a pause for instance; then it is made again.
      this.#arm('asked', backoff.maximum);
      ask();
    });
    this.#pending = { pace, at: clock.now() + delay, cancel };
  }
}
