import type { SectionClass } from '../../sections/index.js';
import type { Description } from './describe-settings.js';
import type { Explanation } from './explain-setting.js';
import { type Generation, renew, replacedIn } from './generation.js';

/** Called after a commit, when settings and resources have moved, with the generation that is current now and the one before. */
export type CommitListener = (current: Generation, previous: Generation) => void;

const NOBODY: readonly never[] = [];

interface Subscription {
  readonly listener: CommitListener;
  /** Increments: listeners are called in the order of their registration. */
  readonly serial: number;
}

/** What participants of the transaction made from settings, by the participant. */
export type Resources = ReadonlyMap<object, { readonly value: unknown }>;

/** Settings, and what was made from them: both move in one assignment. */
export interface Pair {
  readonly generation: Generation;
  readonly resources: Resources;
}

const NO_RESOURCES: Resources = new Map();

/**
 * Holds the current generation, and the resources made from it. A commit is one assignment: every reader of every section
 * moves together. Injectable. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * const store = container.get(ConfigStore);
 * process.stdout.write(`${store.explain('database.port').toString()}\n`);
 * ```
 */
export class ConfigStore {
  #pair: Pair;
  readonly #listeners = new Set<Subscription>();
  /** By the index of their section; what belongs to sections that a commit leaves alone costs it nothing. */
  readonly #sectionListeners: (Set<Subscription> | undefined)[] = [];
  readonly #followers: ((instance: object) => void)[][] = [];
  readonly #refreshListeners = new Set<(same: Generation) => void>();
  #serial = 0;

  public constructor(first: Generation) {
    this.#pair = { generation: first, resources: NO_RESOURCES };
  }

  /** The generation in use. */
  public get current(): Generation {
    return this.#pair.generation;
  }

  /**
   * The generation in use with the resources made from it.
   *
   * @internal
   */
  public get pair(): Pair {
    return this.#pair;
  }

  /**
   * The current instance of a section.
   *
   * @throws ConfigError `section-not-loaded`.
   */
  public get<T extends object>(target: SectionClass<T>, name?: string): T {
    return this.current.get(target, name);
  }

  /**
   * Why the setting at a dotted path is what it is: value, winner, losers, references.
   *
   * @throws ConfigError `invalid-path`, and `access-denied` for a caller who may know of the secret at the path but not see
   *   it masked. For a caller who may not know of it, the path is undeclared.
   */
  public explain(path: string): Explanation {
    return this.current.explain(path);
  }

  /**
   * All settings of all sections, with value, type and origin. Secrets that the caller may not know of are left out.
   */
  public describe(): readonly Description[] {
    return this.current.describe();
  }

  /**
   * Makes a generation and its resources current, then calls all listeners; the answer is what they have thrown. Called by
   * `makeCurrent` alone.
   *
   * @param moved called when all has moved, before any listener; must not throw
   * @internal
   */
  public commit(next: Generation, resources: Resources = this.#pair.resources, moved?: () => void): readonly unknown[] {
    const previous = this.current;
    const replaced = replacedIn(previous, next);
    this.#assign({ generation: next, resources });
    // Before any listener runs: every reader sees all sections of one generation.
    for (const index of replaced) {
      const instance = next.instanceAt(index);
      if (instance !== undefined) for (const follow of this.#followers[index] ?? NOBODY) follow(instance);
    }
    moved?.();
    const failures: unknown[] = [];
    for (const { listener } of this.#toTell(replaced)) {
      try {
        listener(next, previous);
      } catch (failure) {
        failures.push(failure);
      }
    }
    return failures;
  }

  /**
   * Takes over the new origins of the current generation's values, what they hide, and what waits for a restart: the same
   * number and the same instances, so no listener to commits is called.
   *
   * @internal
   */
  public refresh(same: Generation): void {
    if (same.number !== this.current.number || same === this.current) return;
    this.#assign({ ...this.#pair, generation: same });
    for (const listener of this.#refreshListeners) listener(same);
  }

  /**
   * Listens to {@link refresh}, for what is made from more than the values: a tenant may bring to light what they hide.
   *
   * @internal
   */
  public onRefresh(listener: (same: Generation) => void): () => void {
    this.#refreshListeners.add(listener);
    return () => {
      this.#refreshListeners.delete(listener);
    };
  }

  #assign(pair: Pair): void {
    renew(pair.generation);
    this.#pair = pair;
  }

  /** Listens to commits until the returned function is called. */
  public onCommit(listener: CommitListener): () => void {
    return this.#subscribe(this.#listeners, listener);
  }

  /**
   * Listens to commits that replace the section at an index.
   *
   * @internal
   */
  public onSectionCommit(index: number, listener: CommitListener): () => void {
    return this.#subscribe((this.#sectionListeners[index] ??= new Set()), listener);
  }

  /**
   * Hands over the new instance of the section at an index at every commit that replaces it, for the lifetime of the store,
   * and before any listener is called. The follower may keep the instance, and nothing else.
   *
   * @internal
   */
  public follow(index: number, follower: (instance: object) => void): void {
    (this.#followers[index] ??= []).push(follower);
  }

  #subscribe(listeners: Set<Subscription>, listener: CommitListener): () => void {
    const subscription = { listener, serial: this.#serial++ };
    listeners.add(subscription);
    return () => {
      listeners.delete(subscription);
    };
  }

  #toTell(replaced: readonly number[]): readonly Subscription[] {
    const toTell = [...this.#listeners];
    let last = toTell.at(-1)?.serial ?? -1;
    let inOrder = true;
    for (const index of replaced) {
      for (const subscription of this.#sectionListeners[index] ?? NOBODY) {
        inOrder &&= subscription.serial > last;
        last = subscription.serial;
        toTell.push(subscription);
      }
    }
    return inOrder ? toTell : toTell.sort((one, other) => one.serial - other.serial);
  }
}
