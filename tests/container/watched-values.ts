import type { ConfigSource } from '../../src/core/index.js';

/** A source that says what it is told to, has itself watched, and counts how often it was closed. */
export class WatchedValues implements ConfigSource {
  readonly name: string;
  closed = 0;
  loads = 0;
  #values: object;
  readonly #watching = new Set<() => void>();

  constructor(values: object, name = 'values') {
    this.#values = values;
    this.name = name;
  }

  load(): object {
    this.loads += 1;
    return this.#values;
  }

  watch({ changed, signal }: { readonly changed: () => void; readonly signal: AbortSignal }): void {
    this.#watching.add(changed);
    signal.addEventListener('abort', () => this.#watching.delete(changed), { once: true });
  }

  close(): void {
    this.closed += 1;
  }

  /** From now on it says something else, and tells whoever watches. */
  set(values: object): void {
    this.#values = values;
    for (const changed of this.#watching) changed();
  }
}
