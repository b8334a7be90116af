import type { Clock, ConfigLogger, ConfigSource, Selectors } from '../../core/index.js';
import type { ReloadOptions } from './reload-options.js';

/** What triggers need, and whom they tell. */
export interface TriggerContext {
  readonly clock: Clock;
  readonly logger: ConfigLogger;
  readonly selectors: Selectors;
  /** Milliseconds. */
  readonly pollInterval: number;
  /** Ends all of them. */
  readonly signal: AbortSignal;
  readonly request: (reason: string, only?: Iterable<number>) => void;
}

/** Starts what asks for reloads: the sources' own watching, and the process signal. */
export async function startTriggers(
  sources: readonly ConfigSource[],
  { watch = false, signal: processSignal }: ReloadOptions,
  context: TriggerContext,
): Promise<void> {
  if (processSignal !== undefined) listen(processSignal, context);
  if (!watch) return;
  // A signal of its own for each: Node takes more than ten listeners on one for a leak.
  const controllers = sources.map(() => new AbortController());
  const stop = (): void => {
    for (const controller of controllers) controller.abort();
  };
  context.signal.addEventListener('abort', stop, { once: true });
  const watching = sources.map(async (source, index) =>
    watchSource(source, index, context, controllers[index]?.signal ?? context.signal),
  );
  await Promise.all(watching);
}

function listen(processSignal: 'SIGHUP' | 'SIGUSR2', { signal, request }: TriggerContext): void {
  const onSignal = (): void => {
    request(processSignal);
  };
  process.on(processSignal, onSignal);
  signal.addEventListener('abort', () => process.off(processSignal, onSignal), { once: true });
}

async function watchSource(
  source: ConfigSource,
  index: number,
  context: TriggerContext,
  ownSignal: AbortSignal,
): Promise<void> {
  const { selectors, signal, pollInterval, clock, logger, request } = context;
  const name = source.name ?? `source ${String(index + 1)}`;
  try {
    await source.watch?.({
      ...selectors,
      signal: ownSignal,
      pollInterval,
      clock,
      logger,
      changed: () => {
        if (!signal.aborted) request(`${name} changed`, [index]);
      },
    });
  } catch (error) {
    // Settings that cannot be watched are still good settings; what was thrown may quote a connection string.
    const kind = error instanceof Error ? error.name : 'something that is no error';
    const message = `${name} cannot be watched: it threw ${kind}.`;
    logger.log({ level: 'warn', event: 'config.watch.failed', message, fields: { source: name, kind } });
  }
}
