// testing: the subpath `uno-config/testing`. Settings in a test, from nothing but what the test says.
//
//   values  -> testConfig -> container module      values -> testSettings -> one frozen instance
//   files, variables, working directory -> ConfigSandbox -> all as it was before
export { ConfigSandbox, type SandboxOptions } from './config-sandbox.js';
export { testConfig } from './test-config.js';
export type { TestLoadOptions } from './test-load-options.js';
export { testSettings, type SettingsValues } from './test-settings.js';
