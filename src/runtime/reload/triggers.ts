import type { Clock, ConfigLogger, ConfigSource, Selectors } from '../../core/index.js';
import { onProcessSignal } from './process-signal.js';
import type { ReloadOptions } from './reload-options.js';

/** What triggers need, and whom they tell. */
export interface TriggerContext {
  readonly clock: Clock;
  readonly logger: ConfigLogger;
  readonly selectors: Selectors;
  /** Milliseconds. */
  readonly pollInterval: number;
  /** Milliseconds. */
  readonly settle: number;
  /** Ends all of them; as many may listen to it as there are. */
  readonly signal: AbortSignal;
  readonly request: (reason: string, only?: Iterable<number>) => void;
}

/** Somebody who knows when a reload is due: a source, or a keyring. */
type Watchable = Pick<ConfigSource, 'name' | 'watch'>;

/** Starts what asks for reloads: the watching of the sources and of the keyring, and the process signal. */
export async function startTriggers(
  sources: readonly ConfigSource[],
  keyring: Watchable | undefined,
  { watch = false, signal: processSignal }: ReloadOptions,
  context: TriggerContext,
): Promise<void> {
  if (processSignal !== undefined) {
    const stop = onProcessSignal(processSignal, () => {
      context.request(processSignal);
    });
    context.signal.addEventListener('abort', stop, { once: true });
  }
  if (!watch) return;
  // Other keys change nothing that a source says: no source is read again for them.
  const watched: readonly Watched[] = [
    ...sources.map((source, index) => ({ subject: source, name: nameOf(source, index), reads: [index] })),
    ...(keyring === undefined ? [] : [{ subject: keyring, name: keyring.name ?? 'the keyring', reads: [] }]),
  ];
  await Promise.all(watched.map(async (one) => watchOne(one, context)));
}

interface Watched {
  readonly subject: Watchable;
  readonly name: string;
  /** The indexes of the sources to read when it changes. */
  readonly reads: readonly number[];
}

function nameOf(source: ConfigSource, index: number): string {
  return source.name ?? `source ${String(index + 1)}`;
}

async function watchOne({ subject, name, reads }: Watched, context: TriggerContext): Promise<void> {
  const { selectors, signal, pollInterval, settle, clock, logger, request } = context;
  try {
    await subject.watch?.({
      ...selectors,
      signal,
      pollInterval,
      settle,
      clock,
      logger,
      changed: () => {
        if (!signal.aborted) request(`${name} changed`, reads);
      },
    });
  } catch (error) {
    // Settings that cannot be watched are still good settings; what was thrown may quote a connection string.
    const kind = error instanceof Error ? error.name : 'something that is not an error';
    const message = `${name} cannot be watched: it threw ${kind}.`;
    logger.log({ level: 'warn', event: 'config.watch.failed', message, fields: { source: name, kind } });
  }
}
