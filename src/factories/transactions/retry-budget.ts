import type { RetrySettings } from './transaction-settings.js';

/** How many retries may be saved up. */
const MOST = 10;

/** Retries that runs have earned: if every run retried everything, a struggling database would get more work. */
export class RetryBudget {
  #saved = MOST;

  /** A run begins. */
  public earn({ budget }: RetrySettings): void {
    this.#saved = Math.min(MOST, this.#saved + budget);
  }

  /** True when there is a retry left, which is spent then. */
  public spend(): boolean {
    if (this.#saved < 1) return false;
    this.#saved--;
    return true;
  }
}

/** Milliseconds before the next attempt: random, up to a limit that doubles, so that retries do not collide again. */
export function retryDelay({ minDelay, maxDelay }: RetrySettings, attempt: number, random: () => number): number {
  return random() * Math.min(maxDelay.milliseconds, minDelay.milliseconds * 2 ** (attempt - 1));
}
