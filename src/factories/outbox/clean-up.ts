import { thrownInWords } from '../../core/index.js';
import type { ResourceHost } from '../../container/index.js';

/** Removes what is old, every so often. What fails is tried again next time, and costs nothing but room. */
export function cleanUpOf(
  of: 'inbox' | 'outbox',
  name: string,
  { clock, logger }: Pick<ResourceHost, 'clock' | 'logger'>,
): (every: number, remove: () => Promise<unknown>) => Promise<void> {
  let last = -Infinity;
  return async (every, remove) => {
    const now = clock.monotonic();
    if (now - last < every) return;
    last = now;
    try {
      await remove();
    } catch (error) {
      const problem = thrownInWords(error);
      const message = `What is old in ${name} could not be removed: it threw ${problem}.`;
      logger.log({ level: 'warn', event: `config.${of}.clean-up-failed`, message, fields: { [of]: name, problem } });
    }
  };
}
