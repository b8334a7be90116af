// reload: one at a time, a whole generation or nothing.
//
//   slots moved, a person -> pump -> trust state: which answers -> build -> transaction: prepare, commit, tell
//                              hooks look -> trusted: drain the old | refused: go back to what is still open
export {
  type ConfigDependant,
  type PrepareContext,
  type PreparedChange,
  inOrderOfNeed,
  type Participant,
  type ParticipantContext,
  type PreparedResource,
} from './participant.js';
export type { HistoryEntry } from './generation-history.js';
export { readReloadOptions, RELOAD_OPTIONS, type ReloadOptions } from './reload-options.js';
export type {
  ParticipantStatus,
  ReloadOutcome,
  ReloadStatus,
  SectionStatus,
  SourceName,
  WantedChange,
} from './reload-outcome.js';
export { makeCurrent } from './make-current.js';
export { answerWithin, TimeIsUp } from './answer-within.js';
export { ReloadService, type ReloadRequest } from './reload-service.js';
export type { StagedSettings, StageOptions } from './staged-settings.js';
export { startReloads, type RunningSettings } from './start-reloads.js';
export type { UnmetReason } from './trust-state.js';
export type { UnsavedEdit } from './unsaved-edit.js';
export type { VerifyContext, VerifyHook } from './verify.js';
