import type { Clock, ConfigLogger, Revision, Selectors, WatchContext } from '../../core/index.js';
import { abortController, guardLogger, kindOfThrown, sharedSelectors } from '../../core/index.js';

/** The context of a source that watches for changes. */
export interface RemoteWatchContext {
  /**
   * To be called when something has changed, or may have.
   *
   * @param revision what the source holds now
   * @param ids the documents that have changed, of a source of several
   */
  readonly changed: (revision?: Revision, ids?: readonly string[]) => void;
  /** What the settings are for. */
  readonly selectors: Selectors;
  /** Ends this listening; nothing may be left behind then. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly logger: ConfigLogger;
}

export interface NoticeOptions {
  /** A notice is passed on after a random part of so many milliseconds. Default: at once. */
  readonly jitter?: number;
  /** From 0 up to, not including, 1. */
  readonly random?: () => number;
}

/** Listens for changes for as long as its promise lasts. */
export type RemoteWatch = (context: RemoteWatchContext) => Promise<void>;

const SHORTEST = 1_000;
const LONGEST = 120_000;
/** Listening that lasted for so long was sound: the next attempt is a first one. */
const SOUND = 60_000;

/**
 * Watches, and restarts whenever that ends, after waits that grow to two minutes. Changes missed meanwhile are found,
 * because every restart counts as a possible change.
 */
export function keepWatching(
  name: string,
  watch: RemoteWatch,
  context: WatchContext,
  { jitter = 0, random = Math.random }: NoticeOptions = {},
): void {
  const { signal, clock } = context;
  const logger = guardLogger(context.logger);
  const selectors = sharedSelectors(context);
  let failures = 0;
  const begin = (): void => {
    if (signal.aborted) return;
    const own = abortController();
    const stop = (): void => {
      own.abort();
    };
    signal.addEventListener('abort', stop, { once: true });
    const since = clock.monotonic();
    const changed: RemoteWatchContext['changed'] = (revision, ids) => {
      if (own.signal.aborted) return;
      if (jitter === 0) context.changed(revision, ids);
      else {
        // Of the watch as a whole: what has been noticed is read although the listening has ended since.
        const cancel = clock.after(Math.round(random() * jitter), () => {
          signal.removeEventListener('abort', cancel);
          context.changed(revision, ids);
        });
        signal.addEventListener('abort', cancel, { once: true });
      }
    };
    if (failures > 0) changed();
    void outcomeOf(watch, { changed, selectors, signal: own.signal, clock, logger }).then((why) => {
      stop();
      signal.removeEventListener('abort', stop);
      if (signal.aborted) return;
      failures = clock.monotonic() - since >= SOUND ? 1 : failures + 1;
      const limit = Math.min(LONGEST, SHORTEST * 2 ** Math.min(failures, 10));
      const wait = Math.round(SHORTEST + random() * (limit - SHORTEST));
      warn(logger, name, why, wait);
      const cancel = clock.after(wait, () => {
        signal.removeEventListener('abort', cancel);
        begin();
      });
      signal.addEventListener('abort', cancel, { once: true });
    });
  };
  begin();
}

/** Why the listening ended; what was thrown may quote a connection string. */
async function outcomeOf(watch: RemoteWatch, context: RemoteWatchContext): Promise<string> {
  try {
    await watch(context);
    return 'it ended';
  } catch (error) {
    return `it threw ${kindOfThrown(error)}`;
  }
}

function warn(logger: ConfigLogger, name: string, why: string, wait: number): void {
  const message = `${name} gets no notices of changes at the moment: ${why}. It listens again in ${String(wait)} ms; until then it is polled.`;
  logger.log({ level: 'warn', event: 'config.watch.lost', message, fields: { source: name, wait } });
}
