// normalise: a source's keys -> the canonical ones; unknown keys with the nearest name.
export { MOST_VALUES, emptyIsNothing, normaliseMap, saysUnset } from './normalise-map.js';
export { structureOf } from './structured-text.js';
