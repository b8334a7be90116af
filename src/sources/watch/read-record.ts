import type { LoadContext } from '../../core/index.js';
import { isFailureMark, Reading, targetKey, type NotedRead, type ReadTarget } from './reading.js';

/**
 * What a source's last load read, so that its watcher and its next load compare with that: whatever changes between a load
 * and the look that follows it is noticed.
 */
export class ReadRecord {
  readonly #base: readonly ReadTarget[];
  #noted: ReadonlyMap<string, NotedRead> = new Map();
  #version = 0;
  readonly #still = new Map<string, string>();
  readonly #listeners = new Set<() => void>();

  /** @param base what is watched even if nothing was ever read */
  public constructor(base: readonly ReadTarget[]) {
    this.#base = base;
  }

  /** Differs when {@link reads} may. */
  public get version(): number {
    return this.#version;
  }

  /** Every target, each under a key of its own. */
  public get reads(): ReadonlyMap<string, NotedRead> {
    const base = this.#base.map((target) => [targetKey(target), { target }] as const);
    return new Map<string, NotedRead>([...base, ...this.#noted]);
  }

  /** Calls back whenever {@link version} has changed; the answer ends it. */
  public onLoad(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Called by the watcher when a target with this status has stopped changing: the next load need not wait. */
  public isStill(target: ReadTarget, status: string): void {
    this.#still.set(targetKey(target), status);
  }

  /** Loads, and keeps what the load has read. */
  public async during<Result>(
    context: Pick<LoadContext, 'signal' | 'settle' | 'clock' | 'bytesRead' | 'waitsFor' | 'isStaged'>,
    load: (reading: Reading) => Promise<Result>,
  ): Promise<Result> {
    if (context.isStaged === true) return load(new Reading(context));
    let before = this.#noted;
    const isStill = (key: string, status: string): boolean => this.#still.get(key) === status;
    const reading = new Reading(context, this.#version === 0 ? undefined : { noted: before, isStill });
    let found = reading.noted;
    try {
      const result = await load(reading);
      // A load that succeeds knows all its files; one that fails may not have come to some of them.
      before = new Map();
      found = new Map([...reading.noted].map(([key, read]) => [key, accepted(read)]));
      return result;
    } finally {
      this.#noted = new Map([...before, ...found]);
      this.#version++;
      for (const listener of this.#listeners) listener();
    }
  }
}

/** What is rightly gone has no settings that could be missed. */
function accepted(read: NotedRead): NotedRead {
  const { target, content } = read;
  return content !== undefined && isFailureMark(content) ? { target, content } : read;
}
