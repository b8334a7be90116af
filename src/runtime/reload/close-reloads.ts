import { endsWithin } from '../../core/index.js';
import { Duration } from '../../sections/index.js';
import { OpenWork } from './open-work.js';
import type { ReloadParts } from './reload-parts.js';

/**
 * Waits for what is under way and for the listeners, then closes the sources. What has not ended in time is left to
 * itself: the sources are closed all the same, and have their own time for it.
 */
export async function closeReloads({ work, events, slots, clock, amounts, logger }: ReloadParts): Promise<void> {
  const { closeTimeout: timeout } = amounts;
  const abandoned = (hanging: readonly string[]): void => {
    const message = `Closing went on after ${Duration.ofMilliseconds(timeout).toString()} without ${hanging.join(', ')}.`;
    logger.log({ level: 'warn', event: 'config.close.abandoned', message, fields: { timeout, hanging } });
  };
  const delivered = work.settled().then(async () => events.drainSubscribed());
  if (!(await endsWithin(clock, timeout, delivered))) abandoned([...work.names, ...events.busy]);
  events.close();
  const closing = new OpenWork();
  for (const { name, closed } of slots.closeSources()) closing.add(`source ${name}`, closed);
  if (!(await endsWithin(clock, timeout, closing.settled()))) abandoned(closing.names);
}
