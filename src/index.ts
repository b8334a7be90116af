// The roof: everything a program imports from `uno-config`, by name.
// Declaring
export {
  Alias,
  ByteSize,
  ConfigSection,
  Describe,
  Duration,
  EnvName,
  IsByteSize,
  IsDuration,
  ListOf,
  MapOf,
  Merge,
  mergeBy,
  RequiredIn,
  RestartRequired,
  Rule,
  Secure,
  SecureValue,
} from './sections/index.js';
export type {
  ByteSizeOptions,
  DescribeOptions,
  DurationOptions,
  FieldTypeClass,
  RuleContext,
  RuleOptions,
  RuleVerdict,
  RuleViolation,
  SecretAudit,
  SecretForm,
  SecretLevel,
  SecretReader,
  SectionClass,
  SectionOptions,
  SectionRule,
  SecureDecorator,
  SecureField,
  SecureOptions,
  TypeReference,
} from './sections/index.js';

// Reading
export {
  cliArgs,
  configFolder,
  detectEnvironment,
  directory,
  envFiles,
  jsonFile,
  object,
  optional,
  processEnv,
  tomlFile,
  yamlFile,
} from './sources/index.js';
export { remoteSource, revisionConflict } from './sources/remote/index.js';
export type {
  RemoteAnswer,
  RemoteChange,
  RemoteReadContext,
  RemoteSourceOptions,
  RemoteWatch,
  RemoteWatchContext,
  RemoteWrite,
  RevisionConflictOptions,
  WritableSource,
} from './sources/remote/index.js';
export { createAnswer, createLayer, SourceUnreachable } from './core/index.js';
export type {
  ConfigLayer,
  ConfigMap,
  ConfigPath,
  ConfigSource,
  Environment,
  LayerOptions,
  LoadAnswer,
  LoadAnswerOptions,
  LoadContext,
  LoadedDocuments,
  LoadedSettings,
  LoadResult,
  MergeBy,
  MergeStrategy,
  OriginKind,
  Revision,
  Selectors,
  SourceUnreachableOptions,
  TimeSpan,
  WatchContext,
} from './core/index.js';

// Injecting
export {
  ConfigModule,
  ConfigPlugin,
  InjectMonitor,
  InjectSecret,
  monitorIdentifier,
  OnConfigChange,
  staleSingletons,
} from './container/index.js';
export type {
  ConfigChangeMethod,
  ConfigModuleOptions,
  MonitorIdentifier,
  SecretFieldOf,
  SecretHandle,
  StaleSingleton,
} from './container/index.js';

// Without a container
export { ConfigCache, getConfig, invalidateConfig, loadSettings } from './runtime/index.js';
export type { CachedOptions, InvalidationTarget, SettingsOptions } from './runtime/index.js';

// Holding and explaining
export { ConfigStore, defineConfig, Generation, rule, section } from './runtime/index.js';
export type {
  CommitListener,
  ConfigDefinition,
  CrossSectionRule,
  CrossSectionRuleOptions,
  Description,
  ExplainedValue,
  Explanation,
  LoadOptions,
  PlainSecretPolicy,
  RuleSubject,
  SecretScopeKind,
  SectionEntry,
  SectionInput,
  SectionListener,
  SectionMonitor,
  SectionPlacement,
  UnknownKeyPolicy,
} from './runtime/index.js';
export { formatIssue, formatOrigin } from './core/index.js';
export type { ConfigOrigin } from './core/index.js';

// Reloading
export {
  ConfigEvents,
  lastKnownGood,
  LastKnownGoodCache,
  ReloadService,
  toCloudEvent,
  withRecovery,
} from './runtime/index.js';
export type {
  ChangedGenerations,
  CloudEvent,
  CloudEventOptions,
  ConfigChanged,
  ConfigDependant,
  ConfigEvent,
  ConfigEventListener,
  ConfigEventOf,
  ConfigEventsOptions,
  ConfigEventType,
  ConfigReloadRejected,
  ConfigUnchanged,
  EventsDropped,
  HistoryEntry,
  LastKnownGoodOptions,
  LeafChange,
  ParticipantStatus,
  PathChangeListener,
  PrepareContext,
  PreparedChange,
  RecoveryPolicy,
  ReloadOptions,
  ReloadOutcome,
  ReloadStatus,
  RestartRequiredEvent,
  RetryOptions,
  SectionChange,
  SectionChangeListener,
  SectionStatus,
  SectionTarget,
  SourceHealth,
  SourceName,
  SourceRecovered,
  SourceStale,
  SourceStatus,
  StreamedEvent,
  StreamOptions,
  SubscribeOptions,
  VerifyContext,
  VerifyHook,
  WantedChange,
} from './runtime/index.js';

// Keeping secrets
export {
  activateKey,
  changeKeyset,
  createKeyset,
  destroyKey,
  developmentKeyring,
  disableKey,
  generateKeyset,
  isToken,
  keyDirectory,
  keyEnvironment,
  keyFile,
  keysDue,
  Keyset,
  KeysetDocument,
  localKeyProvider,
  openKeyset,
  publicKeyset,
  retireKey,
  rewrapKeys,
  rotateKey,
  rotateSecrets,
  scopeHash,
  springCipher,
  TOKEN_PREFIX,
  unwrapKeys,
  wrapKeys,
} from './security/index.js';
export type {
  DataKey,
  DevelopmentKeyringOptions,
  GenerateKeysetOptions,
  KeyContext,
  KeyDescription,
  KeyDirectoryOptions,
  KeyProvider,
  KeyProviderDescription,
  Keyring,
  KeyringContext,
  KeyringOptions,
  KeysetOptions,
  KeyState,
  KeyUse,
  LocalKeyOptions,
  LockedKeyset,
  OpenedSecret,
  OpenKeysetOptions,
  Passphrase,
  RotatedFile,
  RotateKeyOptions,
  RotateSecretsOptions,
  RotationProblem,
  RotationProblemKind,
  RotationProgress,
  RotationReport,
  ScryptCost,
  SecretScope,
  SecretText,
  SpringCipher,
  SpringCipherOptions,
  TokenDescription,
  UnwrapOptions,
  WrapOptions,
} from './security/index.js';

// Recording who uses secrets
export { auditFile, AuditLog, auditLogger, verifyAudit } from './security/index.js';
export type {
  AuditCheckpoint,
  AuditEntry,
  AuditEvent,
  AuditFileOptions,
  AuditFinding,
  AuditFindingKind,
  AuditHead,
  AuditLevel,
  AuditLogOptions,
  AuditMode,
  AuditPlace,
  AuditReport,
  AuditSink,
  AuditSinkContext,
  VerifyAuditOptions,
} from './security/index.js';

// Access to secrets
export { AccessPolicy, accessPolicy, currentPrincipal, runAs } from './security/index.js';
export type {
  AccessExplanation,
  AccessReason,
  AccessRecord,
  AccessRecorder,
  AccessRight,
  AccessRule,
  AccessSubject,
  DeclaredAccess,
} from './security/index.js';
export { encryptSecret } from './runtime/index.js';
export type { EncryptSecretOptions, SecretOptions } from './runtime/index.js';

// Failing and logging
export { ConfigError } from './core/index.js';
export type {
  Clock,
  ConfigErrorOptions,
  ConfigIssue,
  ConfigLogger,
  ConfigMetricsPort,
  ConfigSpan,
  ConfigTracerPort,
  ErrorCategory,
  LogLevel,
  LogRecord,
  MetricAttributes,
  MetricName,
} from './core/index.js';
export {
  configHealth,
  ConfigMetrics,
  consoleLogger,
  healthResponse,
  openTelemetryMetrics,
  openTelemetryTracer,
  pinoLogger,
  readiness,
  settingsTable,
} from './observability/index.js';
export type {
  ConfigHealth,
  ConfigMetricsOptions,
  ConsoleLike,
  ConsoleLoggerOptions,
  HealthResponse,
  HealthStatus,
  MetricsSnapshot,
  MetricSummary,
  MetricValue,
  PinoLike,
  RejectionHealth,
  RestartHealth,
  SectionHealth,
} from './observability/index.js';
export type { ValidationGroups } from './binding/index.js';
