// runtime: one load as a river, and what holds its result.
//
//   options -> plan -> slots -> parts -> rows: merge, open, resolve, bind -> rules -> Generation -> transaction
//
// Rooms, low to high: recovery < rows < secrets < plan < slots, generation < events, load < reload, tenants.
export * from './events/index.js';
export {
  ConfigStore,
  createSectionMonitor,
  describeFully,
  diffGenerations,
  explainFully,
  factsOf,
  Generation,
  shownText,
  type CommitListener,
  type Description,
  type ExplainedValue,
  type Explanation,
  type SectionListener,
  type SectionMonitor,
} from './generation/index.js';
export {
  ConfigCache,
  configCache,
  encryptSecret,
  getConfig,
  invalidateConfig,
  loadGeneration,
  loadSettings,
  Overlay,
  type CachedOptions,
  type EncryptSecretOptions,
  type InvalidationTarget,
  type SettingsOptions,
} from './load/index.js';
export {
  defineConfig,
  DEFINITION_OPTIONS,
  definitionOf,
  planLoad,
  rule,
  section,
  sectionEntries,
  type ConfigDefinition,
  type CrossSectionRule,
  type CrossSectionRuleOptions,
  type LoadOptions,
  type LoadPlan,
  type SectionEntry,
  type SectionInput,
  type SectionInputs,
  type SectionPlacement,
  type UnknownKeyPolicy,
} from './plan/index.js';
export {
  lastKnownGood,
  LastKnownGoodCache,
  withRecovery,
  type LastKnownGoodOptions,
  type RecoveryPolicy,
  type RetryOptions,
  type Snapshot,
} from './recovery/index.js';
export {
  answerWithin,
  inOrderOfNeed,
  readReloadOptions,
  RELOAD_OPTIONS,
  ReloadService,
  startReloads,
  TimeIsUp,
  type ConfigDependant,
  type HistoryEntry,
  type Participant,
  type ParticipantContext,
  type ParticipantStatus,
  type PrepareContext,
  type PreparedChange,
  type PreparedResource,
  type ReloadOptions,
  type ReloadOutcome,
  type ReloadStatus,
  type RunningSettings,
  type SectionStatus,
  type SourceName,
  type StagedSettings,
  type StageOptions,
  type UnmetReason,
  type VerifyContext,
  type VerifyHook,
  type WantedChange,
} from './reload/index.js';
export type { PlainSecretPolicy, SecretOptions, SecretScopeKind } from './secrets/index.js';
export { DocumentSlots, SourceSlots, type HeldDocument, type SourceHealth, type SourceStatus } from './slots/index.js';
export {
  buildTenant,
  ceilingsOf,
  isOpenToTenants,
  type BuiltTenant,
  type Ceiling,
  type Clamp,
} from './tenants/index.js';
