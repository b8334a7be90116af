// normalise: a source's keys -> the canonical ones; unknown keys with the nearest name.
export { MOST_VALUES, normaliseMap, type NormalisedMap } from './normalise-map.js';
export { emptyIsNothing, saysUnset, structureOf } from './what-is-said.js';
