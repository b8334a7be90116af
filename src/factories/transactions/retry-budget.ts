import type { RetrySettings } from './transaction-settings.js';

/** How many retries may be saved up. */
const MOST = 10;

/** Retries that runs have earned: where everybody retries everything, a database that struggles is given more to do. */
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

/** Milliseconds before the next attempt: drawn between nothing and a limit that doubles, so that nobody meets again. */
export function retryDelay({ minDelay, maxDelay }: RetrySettings, attempt: number, random: () => number): number {
  return random() * Math.min(maxDelay.milliseconds, minDelay.milliseconds * 2 ** (attempt - 1));
}
