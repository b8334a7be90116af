import type { Clock, ConfigIssue, ConfigMetricsPort, ConfigSource, LoadContext, LoadResult } from '../core/index.js';
import { ConfigError, guardMetrics, maskUrlCredentials } from '../core/index.js';
import { AbortListeners } from './abort-listeners.js';
import { layersOf, type SourceAnswer } from './source-answer.js';
import type { SourceRecovery } from './recovery/index.js';

/** What reading needs besides the context that every source gets. */
export interface ReadOptions {
  readonly context: LoadContext;
  /** What the sources gave before, in their order. */
  readonly previous?: readonly SourceAnswer[];
  /** The indexes of the sources to read; the others give what they gave before. All when absent. */
  readonly only?: ReadonlySet<number>;
  /** Finds what stands in for a source that is out of reach. */
  readonly recovery?: SourceRecovery;
  /** Milliseconds that one source may take. */
  readonly timeout: number;
  readonly clock: Clock;
  /** Where the bytes of each source are counted. */
  readonly metrics?: ConfigMetricsPort;
}

/**
 * Reads the sources side by side and gives what they say in order, low to high. Every source that fails is reported, not
 * only the first.
 *
 * @throws ConfigError of the source when one fails, `sources-failed` when several do, `load-aborted`.
 */
export async function readSources(
  sources: readonly ConfigSource[],
  options: ReadOptions,
): Promise<readonly SourceAnswer[]> {
  const { previous = [], only } = options;
  const answers = [...previous];
  const failures: unknown[] = [];
  // Where some are asked for, the others are not even looked at: there may be thousands.
  const wanted = only === undefined || previous.length < sources.length ? [...sources.keys()] : sorted(only);
  const stops = new AbortListeners(options.context.signal);
  const within = { ...options, stops };
  const settled = await Promise.allSettled(
    wanted.map(async (index) => {
      const source = sources[index];
      if (source !== undefined) answers[index] = await readSource(source, index, within);
    }),
  );
  stops.close();
  for (const result of settled) if (result.status === 'rejected') failures.push(result.reason);
  if (failures.length > 0) throw joined(failures);
  return answers;
}

function sorted(indexes: ReadonlySet<number>): readonly number[] {
  return [...indexes].sort((one, other) => one - other);
}

/** What the reading of one source needs. */
interface SourceOptions extends ReadOptions {
  /** Listen to the signal of the load. */
  readonly stops: AbortListeners;
}

async function readSource(source: ConfigSource, index: number, options: SourceOptions): Promise<SourceAnswer> {
  const previous = options.previous?.[index];
  const name = source.name ?? `source ${String(index + 1)}`;
  const started = options.clock.monotonic();
  const { context, recovery } = options;
  const { logger } = context;
  const read: SourceAnswer[] = [];
  const attempt = async (): Promise<SourceAnswer> => {
    const own = layersOf(await loadWithin(source, name, options, previous), name);
    read.push(own);
    return own;
  };
  const known = previous === undefined ? context : { ...context, previous };
  const layers = recovery === undefined ? await attempt() : await recovery.read(index, known, attempt);
  // What stands in for a source has not been read from it.
  if (read.length === 0) return layers;
  const milliseconds = options.clock.monotonic() - started;
  const fields = { source: name, layers: layers.map((layer) => layer.name), milliseconds };
  logger.log({ level: 'debug', event: 'config.source.read', message: `Read ${name}.`, fields });
  return layers;
}

async function loadWithin(
  source: ConfigSource,
  name: string,
  options: SourceOptions,
  previous: SourceAnswer | undefined,
): Promise<LoadResult> {
  const { context, stops, timeout, clock, metrics } = options;
  const stop = new AbortController();
  let giveUp: (error: ConfigError) => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  const onAbort = (): void => {
    const error = aborted(context.signal.reason);
    // Before the source hears of it: what it makes of its abort must not win the race below.
    giveUp(error);
    stop.abort(error);
  };
  // A source that answers at once would win the race below.
  if (context.signal.aborted) throw aborted(context.signal.reason);
  stops.add(onAbort);
  const onTimeout = (): void => {
    const error = timedOut(name, timeout);
    giveUp(error);
    stop.abort(error);
  };
  // A source that waits without a handle of its own must not let the process end in silence.
  const cancelTimer = clock.after(timeout, onTimeout, { keepAlive: true });
  // When the source answers first, nobody waits for this one any more.
  stopped.catch(() => undefined);
  try {
    return await Promise.race([
      Promise.resolve(
        source.load({
          ...context,
          signal: stop.signal,
          ...(previous !== undefined && { previous }),
          ...(metrics !== undefined && { bytesRead: countBytes(metrics, name) }),
        }),
      ),
      stopped,
    ]);
  } catch (cause) {
    throw ConfigError.is(cause) ? cause : failed(name, cause);
  } finally {
    cancelTimer();
    stops.remove(onAbort);
  }
}

function countBytes(metrics: ConfigMetricsPort, source: string): (count: number) => void {
  const { count } = guardMetrics(metrics);
  return (bytes) => {
    count('config.source.read', bytes, { source });
  };
}

function joined(failures: readonly unknown[]): unknown {
  const [first] = failures;
  if (failures.length === 1) return first;
  const errors = failures.filter((failure): failure is ConfigError => ConfigError.is(failure));
  const issues = errors.flatMap((error): readonly ConfigIssue[] =>
    error.issues.length > 0 ? error.issues : [issueOf(error)],
  );
  const message = `${String(failures.length)} sources could not be read.`;
  return new ConfigError({ code: 'sources-failed', category: errors[0]?.category ?? 'source', message, issues });
}

function issueOf({ code, message, recovery }: ConfigError): ConfigIssue {
  if (recovery === '') return { code, path: [], message };
  // The recovery is the end of the message; as a hint it is set off like every other one.
  return { code, path: [], message: message.slice(0, -recovery.length).trimEnd(), hint: recovery };
}

function failed(name: string, cause: unknown): ConfigError {
  // The cause itself is left out: it may carry credentials where no mask can reach them.
  const why =
    cause instanceof Error ? `${cause.name}: ${maskUrlCredentials(cause.message)}` : 'it threw no error object';
  return new ConfigError({ code: 'source-failed', category: 'source', message: `${name} could not be read: ${why}` });
}

function timedOut(name: string, timeout: number): ConfigError {
  return new ConfigError({
    code: 'source-timeout',
    category: 'source',
    message: `${name} did not answer within ${String(timeout)} ms.`,
    recovery: 'Check that it can be reached, or give it longer with the option timeout.',
  });
}

function aborted(reason: unknown): ConfigError {
  if (ConfigError.is(reason)) return reason;
  return new ConfigError({ code: 'load-aborted', category: 'source', message: 'The load was given up by its caller.' });
}
