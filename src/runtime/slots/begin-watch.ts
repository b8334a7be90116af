import { type ConfigSource, type WatchContext, endsWithin, kindOfThrown } from '../../core/index.js';

export interface BeginWatchContext extends WatchContext {
  /** Receives, in a sentence, why the subject does not reliably report changes. */
  readonly failed?: (sentence: string) => void;
}

/** How long a watch may take to begin, in milliseconds: one that never returns must not hang the start. */
const BEGINS_WITHIN = 5_000;

/** Has a source, or any other subject, watch for changes. Settings that cannot be watched are still good settings. */
export async function beginWatch(
  subject: Pick<ConfigSource, 'watch'>,
  name: string,
  { failed, ...context }: BeginWatchContext,
): Promise<void> {
  if (subject.watch === undefined) return;
  const { signal, clock, logger } = context;
  // In a function of its own, so that one that throws before it waits is no different from one that rejects.
  const begun = (async () => subject.watch?.(context))().catch((error: unknown) => {
    if (signal.aborted) return;
    // What was thrown may quote a connection string.
    const kind = kindOfThrown(error);
    const message = `${name} cannot be watched: it threw ${kind}.`;
    failed?.(message);
    logger.log({ level: 'warn', event: 'config.watch.failed', message, fields: { source: name, kind } });
  });
  if (await endsWithin(clock, BEGINS_WITHIN, begun)) return;
  const message = `${name} has not begun to watch after 5s, and is not waited for: its watch function must return when it has begun.`;
  logger.log({ level: 'warn', event: 'config.watch.slow', message, fields: { source: name } });
}
