import { afterEach } from '@jest/globals';
import type { Clock, ConfigSource, LogRecord, WatchContext } from '../../src/core/index.js';
import { systemClock } from '../../src/core/index.js';

const stops: AbortController[] = [];

afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort();
});

/** A change that was not seen by then, in milliseconds, is taken for lost; long enough for a busy machine. */
const DEADLINE = 240_000;

/** A source that is being watched. */
export interface Watching {
  readonly calls: () => number;
  readonly records: readonly LogRecord[];
  readonly stop: () => void;
  /** Resolves at the first call since the last one was asked for; fails after {@link DEADLINE}. */
  readonly changed: () => Promise<void>;
}

/** Watches a source until the test is over. */
export async function watching(
  source: ConfigSource,
  options: { readonly clock?: Clock; readonly pollInterval?: number; readonly settle?: number } = {},
): Promise<Watching> {
  const stop = new AbortController();
  stops.push(stop);
  const records: LogRecord[] = [];
  let calls = 0;
  let asked = 0;
  let wake: () => void = () => undefined;
  const context: WatchContext = {
    environment: 'development',
    signal: stop.signal,
    changed: () => {
      calls++;
      wake();
    },
    pollInterval: options.pollInterval ?? 500,
    settle: options.settle ?? 20,
    clock: options.clock ?? systemClock,
    logger: { log: (record) => records.push(record) },
  };
  await source.watch?.(context);
  return {
    calls: () => calls,
    records,
    stop: () => {
      stop.abort();
    },
    changed: async () => {
      if (calls === asked) await seen((resolve) => (wake = resolve));
      asked = calls;
    },
  };
}

async function seen(listen: (resolve: () => void) => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => {
      reject(new Error(`the change was not seen within ${String(DEADLINE)} ms`));
    }, DEADLINE);
    listen(() => {
      clearTimeout(late);
      resolve();
    });
  });
}
