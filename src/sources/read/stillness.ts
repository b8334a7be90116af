import type { Clock } from '../../core/index.js';
import type { PathStatus } from './path-status.js';

/** What {@link Stillness} measures with. */
export interface StillnessOptions {
  readonly clock: Clock;
  /** Milliseconds for which what is written in place, or was absent, must be still. */
  readonly settle: number;
}

/** 500 ms. */
export const DEFAULT_SETTLE = 500;

/** What replaced a file was whole when it came, unless somebody goes on writing it: one more look shows that. */
const CONFIRM_MILLISECONDS = 20;

/** Follows a path through its changes, and tells when it has stopped changing. */
export class Stillness {
  readonly #options: StillnessOptions;
  #inode: string;
  #text: string | undefined;
  #since = 0;
  #needed = 0;

  /** @param inode that of what was taken last; empty when nothing was there */
  public constructor(inode: string, options: StillnessOptions) {
    this.#inode = inode;
    this.#options = options;
  }

  /**
   * Milliseconds until what is there may be taken, if nothing happens to it; 0 when it may be now.
   *
   * @param dated whether the time of its last change can be compared with the clock
   * @param whole whether what is there always comes at once
   */
  public remaining(status: PathStatus, dated: boolean, whole = false): number {
    const { clock, settle } = this.#options;
    const now = clock.monotonic();
    if (status.text !== this.#text) {
      const replaced = status.inode !== '' && this.#inode !== '' && status.inode !== this.#inode;
      this.#needed = replaced || whole ? Math.min(CONFIRM_MILLISECONDS, settle) : settle;
      this.#since = now;
      this.#text = status.text;
      this.#inode = status.inode;
    }
    const age = dated ? clock.now() - status.written : 0;
    return Math.max(0, this.#needed - Math.max(now - this.#since, age >= 0 ? age : 0));
  }
}
