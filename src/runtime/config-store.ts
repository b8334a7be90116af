import type { SectionClass } from '../sections/index.js';
import type { Description } from './describe-settings.js';
import type { Explanation } from './explain-setting.js';
import type { Generation } from './generation.js';

/** Called after a commit with the generation that is current now and the one before. */
export type CommitListener = (current: Generation, previous: Generation) => void;

/**
 * Holds the current generation. A commit is one assignment: every reader of every section moves together. Injectable;
 * subpath: `uno-config`.
 *
 * @example
 * ```ts
 * const store = container.get(ConfigStore);
 * process.stdout.write(`${store.explain('database.port').toString()}\n`);
 * ```
 */
export class ConfigStore {
  #current: Generation;
  readonly #listeners = new Set<CommitListener>();

  public constructor(first: Generation) {
    this.#current = first;
  }

  /** The generation in use. */
  public get current(): Generation {
    return this.#current;
  }

  /**
   * The current instance of a section.
   *
   * @throws ConfigError `section-not-loaded`.
   */
  public get<T extends object>(target: SectionClass<T>, name?: string): T {
    return this.#current.get(target, name);
  }

  /** Why the setting at a dotted path is what it is: value, winner, losers, references. */
  public explain(path: string): Explanation {
    return this.#current.explain(path);
  }

  /** All settings of all sections, with value, type and origin. */
  public describe(): readonly Description[] {
    return this.#current.describe();
  }

  /**
   * Makes a generation current, then tells the listeners, all of them.
   *
   * @throws AggregateError with what listeners threw, once all have been told; the commit stands.
   */
  public commit(next: Generation): void {
    const previous = this.#current;
    this.#current = next;
    const failures: unknown[] = [];
    for (const listener of [...this.#listeners]) {
      try {
        listener(next, previous);
      } catch (failure) {
        failures.push(failure);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Listeners of the commit failed; the commit stands.');
  }

  /** Listens to commits until the returned function is called. */
  public onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
