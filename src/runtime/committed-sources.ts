import { factsOf, type Generation } from './generation.js';
import type { CommittedSources } from './recovery/index.js';
import { canonicalLayers } from './rows/index.js';

/** What the sources of a generation said, for the last known good. */
export function committedSources(generation: Generation): CommittedSources {
  const { readings, plan, selectors } = factsOf(generation);
  return {
    plan,
    selectors,
    // The first reading is that of the defaults.
    layersOf: (index) => {
      const reading = readings[index + 1];
      return reading === undefined ? [] : canonicalLayers(reading);
    },
  };
}
