import type { Generation } from './generation.js';

/** What participants of the transaction made from settings, each by the participant. */
export type Resources = ReadonlyMap<object, { readonly value: unknown }>;

/** Settings, and what was made from them: both move in one assignment. */
export interface Pair {
  readonly generation: Generation;
  readonly resources: Resources;
}
