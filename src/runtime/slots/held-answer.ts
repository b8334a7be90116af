import type { ConfigLayer } from '../../core/index.js';
import { sameValue } from '../../core/index.js';
import type { SourceAnswer } from '../recovery/index.js';

/** What a slot goes on with. */
export interface HeldAnswer {
  readonly layers: SourceAnswer;
  /** The origin of the answer: the source itself, its last known good on disk, or neither. */
  readonly from: 'source' | 'last-known-good' | 'nobody';
  /** When the source gave it, in milliseconds since 1970. */
  readonly readAt: number | undefined;
}

// Without the layers: what a WeakMap holds for a young key survives every collection but the full ones, and here that would
// be the whole answer of a source.
const held = new WeakMap<ConfigLayer, Omit<HeldAnswer, 'layers'>>();

/** Remembers of each layer whose word it is: a generation holds the layers alone, and may be older than the slot. */
export function rememberHeld({ layers, ...word }: HeldAnswer): void {
  for (const layer of layers) held.set(layer, word);
}

/** Whose word the layers of a generation are. */
export function heldOf(layers: SourceAnswer): HeldAnswer | undefined {
  const [first] = layers;
  const word = first && held.get(first);
  return word && { layers, ...word };
}

/**
 * The layers before where the new ones are the same objects, else the new ones.
 *
 * @param byValue whether equal values are enough
 */
export function unlessEqual(before: SourceAnswer, layers: SourceAnswer, byValue: boolean): SourceAnswer {
  if (before.length !== layers.length) return layers;
  const isSame = (layer: ConfigLayer, at: number): boolean =>
    layer === before[at] || (byValue && sameValue(before[at]?.tree, layer.tree));
  return layers.every(isSame) ? before : layers;
}
