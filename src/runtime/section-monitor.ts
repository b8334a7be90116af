import type { ConfigStore } from './config-store.js';

/** Called with a section's new instance and the one before. */
export type SectionListener<T extends object> = (current: T, previous: T) => void;

/**
 * A live handle of a section: `current` is always the instance of the current generation. Inject it with
 * `@InjectMonitor(Section)`; subpath: `uno-config`.
 *
 * @example
 * ```ts
 * class PriceList {
 *   constructor(@InjectMonitor(PricingSettings) private readonly pricing: SectionMonitor<PricingSettings>) {}
 *
 *   public total(net: number): number {
 *     return net * (1 + this.pricing.current.vat);
 *   }
 * }
 * ```
 */
export interface SectionMonitor<T extends object> {
  /** The instance of the current generation. */
  readonly current: T;
  /** Calls back after each commit that changed the section; the answer ends it. */
  onChange(listener: SectionListener<T>): () => void;
}

/** The monitor of the section at an index of a store's generations. */
export function createSectionMonitor<T extends object>(store: ConfigStore, index: number): SectionMonitor<T> {
  return new StoreMonitor<T>(store, index);
}

class StoreMonitor<T extends object> implements SectionMonitor<T> {
  readonly #store: ConfigStore;
  readonly #index: number;

  public constructor(store: ConfigStore, index: number) {
    this.#store = store;
    this.#index = index;
  }

  public get current(): T {
    // The instance at a section's index was made from that section's class.
    return this.#store.current.instances[this.#index] as T;
  }

  public onChange(listener: SectionListener<T>): () => void {
    return this.#store.onCommit((current, previous) => {
      const [after, before] = [current.instances[this.#index], previous.instances[this.#index]];
      // Both were made from the class that T stands for.
      if (after !== before) listener(after as T, before as T);
    });
  }
}
