// The part of projections that is the same on every engine: what a class declares, the settings, what is injected.
export {
  Projection,
  projectionShapes,
  type ProjectionHandler,
  type ProjectionOptions,
  type ProjectionShape,
  type StoredEvent,
  type StoredEventMetadata,
} from './projection.js';
export { projectionInline, projectionOutdated, projectionUnlisted } from './projection-errors.js';
export {
  ProjectionLagSettings,
  projectionPlan,
  ProjectionRetrySettings,
  ProjectionSettings,
  ProjectionsSettings,
  type ProjectionPlan,
} from './projection-settings.js';
export {
  InjectProjections,
  ProjectionsDefinition,
  projectionsIdentifier,
  type ParkedProjection,
  type ProjectionHealth,
  type Projections,
  type ProjectionsHealth,
  type ProjectionsParts,
  type ProjectionsIdentifier,
} from './projections.js';
