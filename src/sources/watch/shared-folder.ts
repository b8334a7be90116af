import type { FSWatcher } from 'node:fs';
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Clock } from '../../core/index.js';
import { isLocal } from '../read/index.js';
import { joinPoll, type PollPlace } from './shared-poll.js';

/** How a folder is watched; `watch` of `node:fs`. */
export type OpenWatcher = (
  folder: string,
  options: { readonly persistent: false },
  listener: (event: string, name: string | null) => void,
) => FSWatcher;

/** By which means a folder is watched. */
export interface FolderMeans {
  readonly open: OpenWatcher;
  readonly clock: Clock;
  /** Milliseconds from one question whether the folder is still there to the next. */
  readonly pollInterval: number;
}

/** Which names in a folder are worth a look. */
export interface FolderInterest {
  readonly names: ReadonlySet<string>;
  /** Each matches further names. */
  readonly tests: readonly ((name: string) => boolean)[];
}

/** A listener to a folder. */
export interface FolderListener {
  /** Something may have changed at a name that is worth a look. */
  readonly hint: () => void;
  /** No more notices follow: the folder was replaced or removed, or there was an error. */
  readonly ended: (error?: Error) => void;
}

/** A listener's place at a folder. */
export interface FolderPlace {
  /** Whether every change in the folder is sure to be reported. */
  readonly dependable: Promise<boolean>;
  readonly want: (interest: FolderInterest) => void;
  readonly leave: () => void;
}

const folders = new WeakMap<Clock, Map<string, SharedFolder>>();

/**
 * Watches a folder. All who watch it with one clock share one watcher of the operating system: each of them costs a call
 * for everything that happens in the folder, whomever it concerns, and a hundred sources often lie in one.
 *
 * @param path without symbolic links
 * @throws what the operating system answers.
 */
export function joinFolder(
  path: string,
  means: FolderMeans,
  interest: FolderInterest,
  listener: FolderListener,
): FolderPlace {
  const key = `${String(means.pollInterval)}:${path}`;
  let ofClock = folders.get(means.clock);
  if (ofClock === undefined) folders.set(means.clock, (ofClock = new Map<string, SharedFolder>()));
  const shared = ofClock;
  let folder = shared.get(key);
  if (folder === undefined) {
    folder = new SharedFolder(path, means, () => shared.delete(key));
    shared.set(key, folder);
  }
  return folder.join(listener, interest);
}

class SharedFolder {
  readonly #path: string;
  readonly #watcher: FSWatcher;
  readonly #dependable: Promise<boolean>;
  readonly #forget: () => void;
  readonly #members = new Map<FolderListener, FolderInterest>();
  /** Calls only the listeners that a changed name concerns. */
  readonly #byName = new Map<string, Set<FolderListener>>();
  readonly #testing = new Set<FolderListener>();
  #poll: PollPlace | undefined;
  #closed = false;

  public constructor(path: string, means: FolderMeans, forget: () => void) {
    this.#path = path;
    this.#forget = forget;
    this.#watcher = means.open(path, { persistent: false }, (_, name) => {
      this.#hear(name);
    });
    this.#watcher.on('error', (error) => {
      this.#end(error);
    });
    this.#dependable = this.#check(means, identityOf(path));
  }

  public join(listener: FolderListener, interest: FolderInterest): FolderPlace {
    this.#want(listener, interest);
    return {
      dependable: this.#dependable,
      want: (other) => {
        if (this.#drop(listener)) this.#want(listener, other);
      },
      leave: () => {
        if (this.#drop(listener) && this.#members.size === 0) this.#close();
      },
    };
  }

  /**
   * Asks at every poll whether the folder is the one that is watched: a watcher stays with it wherever it goes, and does
   * not hear that a folder further above has been moved. Elsewhere than on this machine an answer may be long in coming,
   * and whoever watches there looks at every file itself.
   */
  async #check({ clock, pollInterval }: FolderMeans, identity: string): Promise<boolean> {
    const dependable = await isLocal(this.#path);
    if (!dependable || this.#closed) return dependable;
    this.#poll = joinPoll(clock, pollInterval, () => {
      if (identityOf(this.#path) !== identity) this.#end();
      return 0;
    });
    return true;
  }

  #want(listener: FolderListener, interest: FolderInterest): void {
    this.#members.set(listener, interest);
    if (interest.tests.length > 0) this.#testing.add(listener);
    for (const name of interest.names) {
      const listeners = this.#byName.get(name);
      if (listeners === undefined) this.#byName.set(name, new Set([listener]));
      else listeners.add(listener);
    }
  }

  #drop(listener: FolderListener): boolean {
    for (const name of this.#members.get(listener)?.names ?? []) {
      const listeners = this.#byName.get(name);
      listeners?.delete(listener);
      if (listeners?.size === 0) this.#byName.delete(name);
    }
    this.#testing.delete(listener);
    return this.#members.delete(listener);
  }

  #hear(name: string | null): void {
    if (name === null) {
      for (const { hint } of this.#members.keys()) hint();
    } else if (name === basename(this.#path)) {
      // Its own name: it has been moved or removed, and its watcher reports nothing of a replacement.
      this.#end();
    } else {
      for (const { hint } of this.#byName.get(name) ?? []) hint();
      for (const listener of this.#testing) if (this.#passes(listener, name)) listener.hint();
    }
  }

  #passes(listener: FolderListener, name: string): boolean {
    const { names, tests = [] } = this.#members.get(listener) ?? {};
    return names?.has(name) === false && tests.some((test) => test(name));
  }

  #end(error?: Error): void {
    const listeners = [...this.#members.keys()];
    for (const listener of listeners) this.#drop(listener);
    this.#close();
    for (const { ended } of listeners) ended(error);
  }

  #close(): void {
    this.#closed = true;
    this.#watcher.close();
    this.#poll?.leave();
    this.#forget();
  }
}

function identityOf(path: string): string {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${String(dev)}:${String(ino)}`;
  } catch {
    return '';
  }
}
