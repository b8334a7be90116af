import { thrownInWords } from '../../core/index.js';
import type { ResourceHost } from '../../container/index.js';

/** Removes what is old, every so often. What fails is tried again next time, and costs nothing but room. */
export class CleanUp {
  readonly #of: 'inbox' | 'outbox';
  readonly #name: string;
  readonly #host: Pick<ResourceHost, 'clock' | 'logger'>;
  #last = -Infinity;

  public constructor(of: 'inbox' | 'outbox', name: string, host: Pick<ResourceHost, 'clock' | 'logger'>) {
    this.#of = of;
    this.#name = name;
    this.#host = host;
  }

  public async every(milliseconds: number, remove: () => Promise<unknown>): Promise<void> {
    const { clock, logger } = this.#host;
    const now = clock.monotonic();
    if (now - this.#last < milliseconds) return;
    this.#last = now;
    try {
      await remove();
    } catch (error) {
      const problem = thrownInWords(error);
      const message = `What is old in ${this.#name} could not be removed: it threw ${problem}.`;
      const fields = { [this.#of]: this.#name, problem };
      logger.log({ level: 'warn', event: `config.${this.#of}.clean-up-failed`, message, fields });
    }
  }
}
