// reload: one at a time, a whole generation or nothing.
//
//   triggers -> queue (debounce, single flight) -> loadGeneration(previous) -> dependants -> commit -> events -> bake
export type { ConfigDependant, PrepareContext, PreparedChange } from './dependant.js';
export type { HistoryEntry } from './generation-history.js';
export type { ReloadOptions } from './reload-options.js';
export type { ReloadOutcome, ReloadStatus, SectionStatus, SourceName } from './reload-outcome.js';
export { ReloadService } from './reload-service.js';
export { startReloads, type RunningSettings } from './start-reloads.js';
export type { VerifyContext, VerifyHook } from './verify.js';
