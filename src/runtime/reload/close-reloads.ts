import type { Clock, ConfigLogger, ConfigSource } from '../../core/index.js';
import { Duration } from '../../sections/index.js';
import type { ConfigEvents } from '../events/index.js';
import { OpenWork } from './open-work.js';

/** What is closed, and how long that may take. */
export interface ClosingParts extends ClosingLimits {
  /** What is under way. */
  readonly work: OpenWork;
  readonly events: ConfigEvents;
  readonly sources: readonly ConfigSource[];
}

/** How long closing waits, and who is told what did not end. */
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
export async function closeReloads({ work, events, sources, ...limits }: ClosingParts): Promise<void> {
  const delivered = work.settled().then(async () => events.drain());
  await endWithin(limits, delivered, () => [...work.names, ...events.busy]);
  events.close();
  const closing = new OpenWork();
  sources.forEach((source, index) => {
    if (source.close === undefined) return;
    // In a function of its own, so that one that throws before it waits is no different from one that rejects.
    closing.add(`source ${source.name ?? String(index + 1)}`, (async () => source.close?.())());
  });
  await endWithin(limits, closing.settled(), () => closing.names);
}

async function endWithin(
  { clock, timeout, logger }: ClosingLimits,
  ended: Promise<void>,
  open: () => readonly string[],
): Promise<void> {
  let cancel = (): void => undefined;
  const timeUp = new Promise<true>((resolve) => {
    // Somebody waits for the end of closing: the process must not end before it.
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
