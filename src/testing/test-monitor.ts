import {
  ConfigStore,
  createSectionMonitor,
  loadGeneration,
  type SectionListener,
  type SectionMonitor,
} from '../runtime/index.js';
import type { SectionClass } from '../sections/index.js';
import type { ConfigSource } from '../core/index.js';
import { object } from '../sources/index.js';
import { isolated, VALUES, type TestLoadOptions } from './test-load-options.js';
import { seatOf, type SettingsValues } from './test-settings.js';

/**
 * The result of `testMonitor`: a `SectionMonitor` whose settings the test changes. Once disposed of, as by `using`, it calls
 * no listener and cannot be set. Subpath: `uno-config/testing`.
 */
export interface TestMonitor<T extends object> extends SectionMonitor<T>, Disposable {
  /**
   * Commits other settings: the class's defaults, and over them these values and no earlier ones. Settles when all listeners
   * have been called; when the settings are equal, the instance stays and no listener is called. Calls take effect one after
   * the other.
   *
   * @throws ConfigError `invalid-settings` with all issues, and what was current stays; AggregateError with what
   * listeners threw, and the new settings stay; TypeError after it was disposed of.
   */
  set(values: SettingsValues<T>): Promise<void>;
}

/**
 * A monitor for the unit test of a class that takes one with `@InjectMonitor`: no container, and `set` in place of a
 * changed file. Its instances are made, checked and frozen as those of `testSettings`; settings that need a restart keep
 * their value as in production. Subpath: `uno-config/testing`.
 *
 * @param values below the section's own path: `{ port: 1 }`, not `{ database: { port: 1 } }`; nothing when absent
 * @throws ConfigError `invalid-settings` with all issues, `field-without-type`, `unusable-section-class`.
 *
 * @example
 * ```ts
 * const settings = await testMonitor(DatabaseSettings, { port: 1 });
 * const ports: number[] = [];
 * settings.onChange(({ port }) => ports.push(port));
 * await settings.set({ port: 2 });
 * ```
 */
export async function testMonitor<T extends object>(
  target: SectionClass<T>,
  values: SettingsValues<T> = {},
  options: TestLoadOptions = {},
): Promise<TestMonitor<T>> {
  const { entry, treeOf } = seatOf(target);
  let wanted = values;
  const source: ConfigSource = {
    name: VALUES,
    load: async (context) => object(treeOf(wanted), { name: VALUES }).load(context),
  };
  const load = { ...isolated(options), sections: [entry], sources: [source] };
  const store = new ConfigStore(await loadGeneration(load));
  return new SetMonitor<T>(createSectionMonitor<T>(store, 0), async (next) => {
    wanted = next;
    store.commit(await loadGeneration(load, { previous: store.current, settle: 0 }));
  });
}

class SetMonitor<T extends object> implements TestMonitor<T> {
  readonly #monitor: SectionMonitor<T>;
  readonly #commit: (values: SettingsValues<T>) => Promise<void>;
  readonly #ends = new Set<() => void>();
  #last: Promise<void> = Promise.resolve();
  #isDisposed = false;

  public constructor(monitor: SectionMonitor<T>, commit: (values: SettingsValues<T>) => Promise<void>) {
    this.#monitor = monitor;
    this.#commit = commit;
  }

  public get current(): T {
    return this.#monitor.current;
  }

  public onChange(listener: SectionListener<T>): () => void {
    if (this.#isDisposed) return () => undefined;
    const unsubscribe = this.#monitor.onChange(listener);
    const end = (): void => {
      unsubscribe();
      this.#ends.delete(end);
    };
    this.#ends.add(end);
    return end;
  }

  public async set(values: SettingsValues<T>): Promise<void> {
    const turn = this.#last.then(async () => {
      if (this.#isDisposed) throw new TypeError('The test monitor has been disposed of; make another one.');
      await this.#commit(values);
    });
    // The caller receives the error; the next call runs all the same.
    this.#last = turn.catch(() => undefined);
    await turn;
  }

  public [Symbol.dispose](): void {
    this.#isDisposed = true;
    for (const end of this.#ends) end();
  }
}
