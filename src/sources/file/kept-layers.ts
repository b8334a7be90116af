import type { ConfigLayer } from '../../core/index.js';

/** A layer, and what it was made from. */
export interface KeptLayer<Facts> {
  readonly layer: ConfigLayer;
  readonly facts: Facts;
}

/** Layers of so many keys are found again by others than who made them. */
const MOST = 1_000;

/**
 * Remembers what layers were made from, so that a reload can detect that nothing has changed, and a second container need
 * not hold all of it twice. Keeps no layer alive.
 */
export class KeptLayers<Facts> {
  // On the layer itself, unseen: what a WeakMap holds for a young key survives every collection but the full ones, and here
  // that is whole files.
  readonly #mark = Symbol('uno-config.kept');
  /** The last layer of each key; once there are as many as may be, a key with a new layer goes to the end. */
  readonly #last = new Map<string, WeakRef<ConfigLayer>>();

  /**
   * The layer, with what it was made from.
   *
   * @param key equal for layers that are equal when their facts are
   */
  public keep(layer: ConfigLayer, key: string, facts: Facts): ConfigLayer {
    const marked = Object.freeze(Object.defineProperty({ ...layer }, this.#mark, { value: { key, facts } }));
    // A map makes a new table of what is deleted and set again, and an old table, dead or not, keeps those after it, and with
    // them all of these layers, through every collection but the full ones: only where the order of the keys counts.
    if (this.#last.size >= MOST) this.#last.delete(key);
    this.#last.set(key, new WeakRef(marked));
    const [oldest = key] = this.#last.size > MOST ? this.#last.keys() : [];
    if (oldest !== key) this.#last.delete(oldest);
    return marked;
  }

  /** The last layer of a key, whoever made it, if anybody still has it. */
  public lastOf(key: string): KeptLayer<Facts> | undefined {
    const layer = this.#last.get(key)?.deref();
    const facts = layer && this.factsOf(layer);
    return layer && facts && { layer, facts };
  }

  /** What a layer was made from; `undefined` for one that is not remembered. */
  public factsOf(layer: ConfigLayer): Facts | undefined {
    // Only `keep` knows the mark.
    return (layer as Marked<Facts>)[this.#mark]?.facts;
  }

  /** Those of the layers that are remembered, by their keys. */
  public byKey(layers: readonly ConfigLayer[] = []): ReadonlyMap<string, KeptLayer<Facts>> {
    const found = new Map<string, KeptLayer<Facts>>();
    for (const layer of layers) {
      // Only `keep` knows the mark.
      const kept = (layer as Marked<Facts>)[this.#mark];
      if (kept !== undefined) found.set(kept.key, { layer, facts: kept.facts });
    }
    return found;
  }
}

type Marked<Facts> = ConfigLayer &
  Readonly<Record<symbol, { readonly key: string; readonly facts: Facts } | undefined>>;
