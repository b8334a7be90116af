import type { ConfigLayer } from '../core/index.js';

/** A layer, and what it was made from. */
export interface KeptLayer<Facts> {
  readonly layer: ConfigLayer;
  readonly facts: Facts;
}

/** Remembers what layers were made from, so that a reload can tell that nothing has changed. Holds no layer alive. */
export class KeptLayers<Facts> {
  readonly #kept = new WeakMap<ConfigLayer, { readonly key: string; readonly facts: Facts }>();

  /** @param key equal for layers that are equal when their facts are */
  public keep(layer: ConfigLayer, key: string, facts: Facts): ConfigLayer {
    this.#kept.set(layer, { key, facts });
    return layer;
  }

  /** Those of the layers that are remembered, by their keys. */
  public byKey(layers: readonly ConfigLayer[] = []): ReadonlyMap<string, KeptLayer<Facts>> {
    const found = new Map<string, KeptLayer<Facts>>();
    for (const layer of layers) {
      const kept = this.#kept.get(layer);
      if (kept !== undefined) found.set(kept.key, { layer, facts: kept.facts });
    }
    return found;
  }
}
