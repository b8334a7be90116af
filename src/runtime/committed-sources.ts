import { factsOf, type Generation } from './generation.js';
import type { CommittedSources } from './recovery/index.js';
import { canonicalLayers } from './rows/index.js';

/** What the sources of a generation said, for the last known good. */
export function committedSources(generation: Generation): CommittedSources {
  const { readings, wanted, plan, selectors } = factsOf(generation);
  // The first reading is that of the defaults.
  return { plan, selectors, layersOf: (index) => canonicalLayers(wanted, readings, index + 1) };
}
