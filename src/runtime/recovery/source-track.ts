import type { Clock } from '../../core/index.js';
import { ConfigError } from '../../core/index.js';
import type { CheckedPolicy } from './recovery-policy.js';
import type { SourceHealth, SourceStatus } from './source-health.js';
import type { SourceRetry } from './source-retry.js';

/** What is known of one source. */
export class SourceTrack {
  public readonly index: number;
  public readonly name: string;
  /** The same in the next process. */
  public readonly key: string;
  public readonly policy: CheckedPolicy | undefined;
  public readonly retry: SourceRetry | undefined;
  readonly #clock: Clock;
  #status: SourceStatus | undefined;
  #since = 0;
  #readAt: number | undefined;
  #attempts = 0;
  #error: unknown;

  public constructor(given: Pick<SourceTrack, 'index' | 'name' | 'key' | 'policy' | 'retry'>, clock: Clock) {
    this.index = given.index;
    this.name = given.name;
    this.key = given.key;
    this.policy = given.policy;
    this.retry = given.retry;
    this.#clock = clock;
  }

  public get status(): SourceStatus | undefined {
    return this.#status;
  }

  /** When the source last said what is in use. */
  public get readAt(): number | undefined {
    return this.#readAt;
  }

  public succeeded(): void {
    this.#attempts = 0;
    this.#error = undefined;
    this.#readAt = this.#clock.now();
    this.#become('ok');
  }

  /** @param readAt when the source said what is in use now */
  public failed(status: SourceStatus, error: unknown, readAt: number | undefined): void {
    this.#attempts++;
    this.#error = error;
    this.#readAt = readAt;
    this.#become(status);
  }

  /** `undefined` before the source has been asked. */
  public health(): SourceHealth | undefined {
    if (this.#status === undefined) return undefined;
    const error = ConfigError.is(this.#error) ? this.#error : undefined;
    const nextAttempt = this.retry?.nextAttempt;
    return Object.freeze({
      index: this.index,
      source: this.name,
      status: this.#status,
      since: this.#since,
      ...(this.#readAt !== undefined && { age: Math.max(0, this.#clock.now() - this.#readAt) }),
      ...(error !== undefined && { code: error.code, message: error.message.split('\n', 1)[0] ?? '' }),
      attempts: this.#attempts,
      ...(nextAttempt !== undefined && { nextAttempt }),
    });
  }

  #become(status: SourceStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#since = this.#clock.now();
  }
}
