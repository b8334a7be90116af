// The part of projections that is the same on every engine: what a class declares, the settings, what is injected.
export * from './projection.js';
export { projectionInline, projectionOutdated, projectionUnlisted } from './projection-errors.js';
export * from './projection-settings.js';
export * from './projections.js';
