import {
  type ConfigSource,
  type LoadContext,
  onAbort,
  option,
  readOptions,
  SourceUnreachable,
  type WatchContext,
} from '../core/index.js';
import { object } from '../sources/index.js';

/** A source that a test has in its hand. */
export interface MockSource extends ConfigSource {
  /** How often it has been read. */
  readonly reads: number;
  /** The selectors of the last read: the environment, the region and the rest; `undefined` before the first. */
  readonly lastRead: LoadContext | undefined;
  /** Holds other settings from now on, and tells those who watch. */
  set(settings: object): void;
  /** Cannot be reached from now on, until the next `set`, and tells those who watch; with an error of yours, fails with that. */
  fail(error?: Error): void;
}

const OPTIONS = { name: option.or(option.name, 'mock source') };

/**
 * A source for tests that holds what the test gives it, and changes or fails when the test says so. For a service with
 * revisions, delays and lost notices take `fakeRemoteSource`. Subpath: `uno-config/testing`.
 *
 * @throws TypeError naming what cannot be used.
 *
 * @example
 * ```ts
 * const source = mockSource({ database: { host: 'a' } });
 * const before = await loadSettings(DatabaseSettings, { sources: [source] });
 * source.set({ database: { host: 'b' } });
 * const after = await loadSettings(DatabaseSettings, { sources: [source] });
 * console.log(before.host, after.host, source.reads);
 * ```
 */
export function mockSource(settings: object = {}, options: { readonly name?: string } = {}): MockSource {
  const { name } = readOptions('mockSource', options, OPTIONS);
  option.object.read(settings, 'mockSource: the settings');
  let held: object | Error = settings;
  let reads = 0;
  let lastRead: LoadContext | undefined;
  const watchers = new Set<WatchContext['changed']>();
  const become = (next: object | Error): void => {
    held = next;
    for (const changed of [...watchers]) changed();
  };
  return Object.freeze({
    name,
    load: async (context: LoadContext) => {
      reads += 1;
      lastRead = context;
      if (held instanceof Error) throw held;
      return object(held, { name }).load(context);
    },
    watch: ({ changed, signal }: WatchContext) => {
      watchers.add(changed);
      onAbort(signal, () => watchers.delete(changed));
    },
    get reads() {
      return reads;
    },
    get lastRead() {
      return lastRead;
    },
    set: (next: object) => {
      become(option.object.read(next, 'set: the settings'));
    },
    fail: (error: Error = new SourceUnreachable({ source: name, why: 'the test says so' })) => {
      become(error);
    },
  });
}
