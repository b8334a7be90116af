// runtime: one load as a river, and what holds its result.
//
//   options -> plan -> read -> normalise -> merge -> interpolate -> bind -> rules -> Generation -> ConfigStore
export {
  getConfig,
  invalidateConfig,
  ConfigCache,
  type CachedOptions,
  type InvalidationTarget,
} from './config-cache.js';
export * from './events/index.js';
export { ConfigStore, type CommitListener } from './config-store.js';
export { rule, type CrossSectionRule, type CrossSectionRuleOptions, type RuleSubject } from './cross-section-rule.js';
export { defineConfig, type ConfigDefinition } from './define-config.js';
export type { Description } from './describe-settings.js';
export type { ExplainedValue, Explanation } from './explain-setting.js';
export { encryptSecret, type EncryptSecretOptions } from './encrypt-secret.js';
export { describeFully, explainFully } from './full-view.js';
export { factsOf, Generation } from './generation.js';
export { loadGeneration } from './load-generation.js';
export type { LoadOptions, UnknownKeyPolicy } from './load-options.js';
export { planLoad, type LoadPlan } from './load-plan.js';
export { Overlay } from './overlay.js';
export { loadSettings, type SettingsOptions } from './load-settings.js';
export {
  ReloadService,
  checkReloadOptions,
  startReloads,
  type ConfigDependant,
  type HistoryEntry,
  type ParticipantStatus,
  type PrepareContext,
  type PreparedChange,
  type ReloadOptions,
  type ReloadOutcome,
  type ReloadStatus,
  type RunningSettings,
  type SectionStatus,
  type SourceName,
  type VerifyContext,
  type VerifyHook,
  type WantedChange,
} from './reload/index.js';
export {
  section,
  sectionEntries,
  type SectionEntry,
  type SectionInput,
  type SectionPlacement,
} from './section-entry.js';
export { createSectionMonitor, type SectionListener, type SectionMonitor } from './section-monitor.js';
export type { PlainSecretPolicy, SecretScopeKind, SecretOptions } from './secrets/index.js';
export { shownText } from './shown-value.js';
export {
  lastKnownGood,
  LastKnownGoodCache,
  withRecovery,
  type LastKnownGoodOptions,
  type RecoveryPolicy,
  type RetryOptions,
  type Snapshot,
} from './recovery/index.js';
export { SourceSlots, type SourceHealth, type SourceStatus } from './slots/index.js';
