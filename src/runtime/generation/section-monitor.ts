import { getOrInsert } from '../../core/index.js';
import type { ConfigStore } from './config-store.js';

/** Called with a section's new instance and the one before. */
export type SectionListener<T extends object> = (current: T, previous: T) => void;

/**
 * A live handle of a section: `current` is always the instance of the current generation. Inject it with
 * `@InjectMonitor(Section)`. Subpath: `uno-config`.
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

const monitors = new WeakMap<ConfigStore, Map<number, SectionMonitor<object>>>();

/** The monitor of the section at an index of a store's generations: one for each section, however often it is asked for. */
export function createSectionMonitor<T extends object>(store: ConfigStore, index: number): SectionMonitor<T> {
  const ofStore = getOrInsert(monitors, store, () => new Map());
  // The instance at a section's index was made from that section's class, which is T.
  return getOrInsert(ofStore, index, () => new StoreMonitor(store, index)) as SectionMonitor<T>;
}

/** Keeps the instance itself, so that to read a setting through it is to read two fields. */
class StoreMonitor implements SectionMonitor<object> {
  readonly #store: ConfigStore;
  readonly #index: number;
  #current: object;

  public constructor(store: ConfigStore, index: number) {
    this.#store = store;
    this.#index = index;
    this.#current = store.current.instanceAt(index) ?? {};
    store.follow(index, (instance) => {
      this.#current = instance;
    });
  }

  public get current(): object {
    return this.#current;
  }

  public onChange(listener: SectionListener<object>): () => void {
    return this.#store.onSectionCommit(this.#index, (current, previous) => {
      const [after, before] = [current.instanceAt(this.#index), previous.instanceAt(this.#index)];
      if (after !== undefined && before !== undefined) listener(after, before);
    });
  }
}
