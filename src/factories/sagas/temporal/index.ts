// Temporal: options for a client and workflows of one's own, and no engine. Subpath: `uno-config/sagas/temporal`.
export { toTemporalOptions, type TemporalOptions, type TemporalRetry } from './temporal-options.js';
export { TemporalSettings } from './temporal-settings.js';
