// `uno-config`: declaring, reading, injecting, holding and reloading settings.
export * from './standalone.js';

// Injecting
export {
  ConfigModule,
  ConfigPlugin,
  InjectMonitor,
  InjectSecret,
  InjectSection,
  monitorIdentifier,
  OnConfigChange,
  sectionIdentifier,
} from './container/index.js';
export type {
  ConfigChangeMethod,
  ConfigModuleOptions,
  InjectionOptions,
  ModuleResource,
  MonitorIdentifier,
  SecretFieldOf,
  SecretHandle,
  SectionIdentifier,
} from './container/index.js';

// Holding and explaining
export { ConfigStore } from './runtime/index.js';
export type {
  CommitListener,
  Description,
  ExplainedValue,
  Explanation,
  Generation,
  SectionListener,
  SectionMonitor,
} from './runtime/index.js';

// Reloading
export { ConfigEvents, ReloadService } from './runtime/index.js';
export type {
  ChangedGenerations,
  ConfigChanged,
  ConfigDependant,
  ConfigEvent,
  ConfigEventListener,
  DomainChangeListener,
  ConfigEventOf,
  ConfigEventType,
  ConfigReloadRejected,
  ConfigUnchanged,
  EventsDropped,
  HistoryEntry,
  LeafChange,
  ParticipantStatus,
  PathChangeListener,
  PrepareContext,
  PreparedChange,
  ReloadOptions,
  ReloadOutcome,
  ReloadRequest,
  ReloadStatus,
  RestartRequiredEvent,
  SectionChange,
  SectionChangeListener,
  SectionStatus,
  SectionInScope,
  SectionTarget,
  SourceHealth,
  SourceName,
  SourceRecovered,
  SourceStale,
  SourceStatus,
  StagedSettings,
  StageOptions,
  StreamedEvent,
  StreamOptions,
  SubscribeOptions,
  UnmetReason,
  VerifyContext,
  VerifyHook,
  WantedChange,
} from './runtime/index.js';
