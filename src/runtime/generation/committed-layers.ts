import { factsOf, type Generation } from './generation.js';
import type { CanonicalLayer } from '../recovery/index.js';
import { canonicalLayers } from '../rows/index.js';

/** What the sources of a generation said, by the place of the source, with canonical keys. */
export function committedLayers(generation: Generation): (index: number) => readonly CanonicalLayer[] {
  const { readings, wanted } = factsOf(generation);
  // The first reading is that of the defaults.
  return (index) => canonicalLayers(wanted, readings, index + 1);
}
