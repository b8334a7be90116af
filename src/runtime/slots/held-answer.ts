import type { ConfigLayer } from '../../core/index.js';
import { sameValue } from '../../core/index.js';
import type { SourceAnswer } from '../source-answer.js';

/** What a slot goes on with. */
export interface HeldAnswer {
  readonly layers: SourceAnswer;
  /** Who said so: the source itself, its last known good on disk, or nobody. */
  readonly from: 'source' | 'last-known-good' | 'nobody';
  /** When the source said so, in milliseconds since 1970. */
  readonly readAt: number | undefined;
}

const held = new WeakMap<ConfigLayer, HeldAnswer>();

/** Remembers of each layer whose word it is: a generation holds the layers alone, and may be older than the slot. */
export function rememberHeld(answer: HeldAnswer): void {
  for (const layer of answer.layers) held.set(layer, answer);
}

/** Whose word the layers of a generation are. */
export function heldOf(layers: SourceAnswer): HeldAnswer | undefined {
  const [first] = layers;
  return first && held.get(first);
}

/** The layers before where the new ones are the same, or were made from equal plain objects; else the new ones. */
export function unlessEqual(before: SourceAnswer, layers: SourceAnswer, madeHere: boolean): SourceAnswer {
  const isSame = before.length === layers.length && layers.every((layer, at) => layer === before[at]);
  const isEqual = isSame || (madeHere && before.length === 1 && sameValue(before[0]?.tree, layers[0]?.tree));
  return isEqual ? before : layers;
}
