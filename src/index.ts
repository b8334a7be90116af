// The roof: everything a program imports from `uno-config`, by name.
import 'reflect-metadata';

export { ConfigModule, ConfigPlugin, InjectMonitor, monitorIdentifier } from './container/index.js';
export type { ConfigModuleOptions, MonitorIdentifier } from './container/index.js';
export {
  ConfigCache,
  ConfigStore,
  Generation,
  getConfig,
  invalidateConfig,
  loadSettings,
  rule,
  section,
} from './runtime/index.js';
export type {
  CachedOptions,
  CommitListener,
  CrossSectionRule,
  CrossSectionRuleOptions,
  Description,
  ExplainedValue,
  Explanation,
  InvalidationTarget,
  LoadOptions,
  RuleSubject,
  SectionEntry,
  SectionInput,
  SectionListener,
  SectionMonitor,
  SectionPlacement,
  SettingsOptions,
  UnknownKeyPolicy,
} from './runtime/index.js';
