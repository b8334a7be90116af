// normalise: a source's keys -> the canonical ones; unknown keys with the nearest name.
export { MOST_VALUES, emptyIsNothing, normaliseMap, type NormalisedMap, saysUnset } from './normalise-map.js';
export { structureOf } from './structured-text.js';
