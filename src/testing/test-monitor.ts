import {
  createSectionMonitor,
  planLoad,
  startReloads,
  type ReloadService,
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
  const sourceOf = (wanted: SettingsValues<T>): ConfigSource => object(treeOf(wanted), { name: VALUES });
  let source = sourceOf(values);
  const sources: readonly ConfigSource[] = [{ name: VALUES, load: (context) => source.load(context) }];
  const load = { ...isolated(options), sections: [entry], sources };
  const { store, reloads } = await startReloads(load, planLoad(load, false), { settle: '0s' });
  return new SetMonitor<T>(createSectionMonitor<T>(store, 0), reloads, (next) => {
    source = sourceOf(next);
  });
}

class SetMonitor<T extends object> implements TestMonitor<T> {
  readonly #monitor: SectionMonitor<T>;
  readonly #reloads: ReloadService;
  readonly #say: (values: SettingsValues<T>) => void;
  readonly #ends = new Set<() => void>();
  /** What listeners threw at the last commit. */
  #failures: unknown[] = [];
  #last: Promise<void> = Promise.resolve();
  #isDisposed = false;

  public constructor(monitor: SectionMonitor<T>, reloads: ReloadService, say: (values: SettingsValues<T>) => void) {
    this.#monitor = monitor;
    this.#reloads = reloads;
    this.#say = say;
  }

  public get current(): T {
    return this.#monitor.current;
  }

  public onChange(listener: SectionListener<T>): () => void {
    if (this.#isDisposed) return () => undefined;
    const unsubscribe = this.#monitor.onChange((current, previous) => {
      try {
        listener(current, previous);
      } catch (failure) {
        this.#failures.push(failure);
      }
    });
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
      this.#failures = [];
      this.#say(values);
      const outcome = await this.#reloads.reload('set');
      if (outcome.status === 'rejected') throw outcome.error;
      if (this.#failures.length > 0)
        throw new AggregateError(this.#failures, 'Listeners failed; the settings are set.');
    });
    // The caller receives the error; the next call runs all the same.
    this.#last = turn.catch(() => undefined);
    await turn;
  }

  public [Symbol.dispose](): void {
    this.#isDisposed = true;
    for (const end of this.#ends) end();
    void this.#reloads.close();
  }
}
