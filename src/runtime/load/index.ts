// load: answers of sources -> a generation, once or cached; how long it took, and what is logged of it.
export {
  type CachedOptions,
  ConfigCache,
  configCache,
  type InvalidationTarget,
  getConfig,
  invalidateConfig,
} from './config-cache.js';
export { type EncryptSecretOptions, encryptSecret } from './encrypt-secret.js';
export { completeIssues, invalidSettings } from './complete-issues.js';
export { groundOf } from './ground.js';
export { loadGeneration, rebuildGeneration } from './load-generation.js';
export { type SettingsOptions, loadSettings } from './load-settings.js';
export { Overlay } from './overlay.js';
export { PhaseMeter } from './load-meter.js';
