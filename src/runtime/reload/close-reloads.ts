import type { Clock, ConfigLogger } from '../../core/index.js';
import { Duration } from '../../sections/index.js';
import type { ConfigEvents } from '../events/index.js';
import type { SourceSlots } from '../slots/index.js';
import { OpenWork } from './open-work.js';

export interface ClosingParts extends ClosingLimits {
  readonly work: OpenWork;
  readonly events: ConfigEvents;
  readonly slots: SourceSlots;
}

export interface ClosingLimits {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly timeout: number;
  readonly logger: ConfigLogger;
}

/**
 * Waits for what is under way and for the listeners, then closes the sources. What has not ended in time is left to
 * itself: the sources are closed all the same, and have their own time for it.
 */
export async function closeReloads({ work, events, slots, ...limits }: ClosingParts): Promise<void> {
  const delivered = work.settled().then(async () => events.drainSubscribed());
  await endWithin(limits, delivered, () => [...work.names, ...events.busy]);
  events.close();
  const closing = new OpenWork();
  for (const { name, closed } of slots.closeSources()) closing.add(`source ${name}`, closed);
  await endWithin(limits, closing.settled(), () => closing.names);
}

async function endWithin(
  { clock, timeout, logger }: ClosingLimits,
  ended: Promise<void>,
  open: () => readonly string[],
): Promise<void> {
  let cancel = (): void => undefined;
  const timeUp = new Promise<true>((resolve) => {
    // The caller awaits the end of closing: the process must not end before it.
    cancel = clock.after(timeout, resolve.bind(undefined, true), { keepAlive: true });
  });
  const isOver = await Promise.race([ended, timeUp]);
  cancel();
  if (isOver !== true) return;
  const hanging = open();
  logger.log({
    level: 'warn',
    event: 'config.close.abandoned',
    message: `Closing went on after ${Duration.ofMilliseconds(timeout).toString()} without ${hanging.join(', ')}.`,
    fields: { timeout, hanging },
  });
}
