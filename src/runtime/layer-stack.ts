import type { ConfigMap } from '../core/index.js';
import type { NormalisedLayer } from '../binding/index.js';
import type { LoadPlan } from './load-plan.js';
import { SharedMap } from './shared-map.js';
import type { SourceReading } from './source-reading.js';

type Holders = SharedMap<readonly number[]>;

/**
 * All layers of a load, low to high, and what a reload wants to know of them: there may be thousands, and one that has
 * changed must not cost a look at all others.
 */
export class LayerStack {
  public readonly layers: readonly NormalisedLayer[];
  /** Where the layers of each reading begin. */
  readonly #starts: readonly number[];
  readonly #withUnset: number;
  readonly #withReferences: number;
  readonly #withSecrets: number;
  /** By key of the root: the layers that have it. Made when first asked for. */
  #holders: Holders | undefined;

  private constructor(
    layers: readonly NormalisedLayer[],
    starts: readonly number[],
    counts: { readonly unset: number; readonly references: number; readonly secrets: number },
    holders?: Holders,
  ) {
    this.layers = layers;
    this.#starts = starts;
    this.#withUnset = counts.unset;
    this.#withReferences = counts.references;
    this.#withSecrets = counts.secrets;
    this.#holders = holders;
  }

  public static of(readings: readonly SourceReading[], { defaultLayer }: Pick<LoadPlan, 'defaultLayer'>): LayerStack {
    const layers: NormalisedLayer[] = defaultLayer === undefined ? [] : [defaultLayer];
    const starts: number[] = [];
    for (const { normalised } of readings) {
      starts.push(layers.length);
      for (const layer of normalised) layers.push(layer);
    }
    const unset = layers.filter(({ holdsUnset }) => holdsUnset).length;
    const references = layers.filter(({ holdsReferences }) => holdsReferences).length;
    const secrets = layers.filter(({ holdsSecrets }) => holdsSecrets).length;
    return new LayerStack(layers, starts, { unset, references, secrets });
  }

  public get holdsUnset(): boolean {
    return this.#withUnset > 0;
  }

  public get holdsReferences(): boolean {
    return this.#withReferences > 0;
  }

  public get holdsSecrets(): boolean {
    return this.#withSecrets > 0;
  }

  /** The layers that have a key at their root, low to high. */
  public layersWith(key: string): readonly NormalisedLayer[] {
    this.#holders ??= holdersOf(this.layers);
    return (this.#holders.get(key) ?? []).flatMap((place) => this.layers[place] ?? []);
  }

  /** The stack after some of the readings, by index, have been replaced by others. */
  public after(
    readings: readonly SourceReading[],
    replaced: readonly number[],
    plan: Pick<LoadPlan, 'defaultLayer'>,
  ): LayerStack {
    const layers = [...this.layers];
    let [unset, references, secrets] = [this.#withUnset, this.#withReferences, this.#withSecrets];
    let holders = this.#holders;
    for (const index of replaced) {
      const { normalised = [] } = readings[index] ?? {};
      const start = this.#starts[index] ?? 0;
      // Another number of layers moves all those above.
      if (normalised.length !== (this.#starts[index + 1] ?? layers.length) - start)
        return LayerStack.of(readings, plan);
      for (const [offset, layer] of normalised.entries()) {
        const old = layers[start + offset];
        if (old === undefined || old === layer) continue;
        layers[start + offset] = layer;
        unset += Number(layer.holdsUnset) - Number(old.holdsUnset);
        references += Number(layer.holdsReferences) - Number(old.holdsReferences);
        secrets += Number(layer.holdsSecrets) - Number(old.holdsSecrets);
        holders = holders && movedHolders(holders, start + offset, old.tree, layer.tree);
      }
    }
    return new LayerStack(layers, this.#starts, { unset, references, secrets }, holders);
  }
}

function holdersOf(layers: readonly NormalisedLayer[]): Holders {
  const holders = new Map<string, number[]>();
  for (const [place, { tree }] of layers.entries()) {
    for (const key of Object.keys(tree)) {
      const places = holders.get(key);
      if (places === undefined) holders.set(key, [place]);
      else places.push(place);
    }
  }
  return SharedMap.of(holders);
}

function movedHolders(holders: Holders, place: number, before: ConfigMap, after: ConfigMap): Holders {
  const moved = new Map<string, readonly number[]>();
  for (const key of Object.keys(before)) {
    if (!Object.hasOwn(after, key))
      moved.set(
        key,
        (holders.get(key) ?? []).filter((other) => other !== place),
      );
  }
  for (const key of Object.keys(after)) {
    if (Object.hasOwn(before, key)) continue;
    moved.set(
      key,
      [...(holders.get(key) ?? []), place].sort((one, other) => one - other),
    );
  }
  return holders.with(moved);
}
