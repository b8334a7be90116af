// projections: read models that are kept up with stored events. Subpath: `uno-config/projections`; engine:
// `uno-config/projections/emmett`.
export {
  InjectProjections,
  Projection,
  ProjectionLagSettings,
  ProjectionRetrySettings,
  ProjectionsDefinition,
  ProjectionSettings,
  projectionsIdentifier,
  ProjectionsSettings,
} from './port/index.js';
export type {
  ParkedProjection,
  ProjectionHandler,
  ProjectionHealth,
  ProjectionOptions,
  Projections,
  ProjectionsHealth,
  ProjectionsIdentifier,
  StoredEvent,
  StoredEventMetadata,
} from './port/index.js';
