// testing: the subpath `uno-config/testing`. Settings in a test, from nothing but what the test says.
//
//   values  -> testConfig -> container module      values -> testSettings -> one frozen instance
//   values, and other values -> testMonitor -> what @InjectMonitor gives
//   values -> testFlags -> what @InjectFlags gives
//   secrets -> testKeyring -> {jwe}… for a place           a value -> testSecretHandle -> what @InjectSecret gives
//   a kind of source -> sourceContract -> cases that a test runner runs
//   settings in revisions -> fakeRemoteSource -> a service that hangs, lags, and loses its notices
//   documents of earlier versions -> migrationCases -> cases that a test runner runs
//   files, variables, working directory -> ConfigSandbox -> all as it was before
export { ConfigSandbox, type SandboxOptions } from './config-sandbox.js';
export { fakeClock, type FakeClock } from './fake-clock.js';
export * from './fake-remote-source.js';
export type { ContractCase, ContractNetwork, ContractSubject } from './contract-case.js';
export { type MigrationCase, migrationCases, type MigrationSamples } from './migration-cases.js';
export { mockSource, type MockSource } from './mock-source.js';
export { recordEvents, type RecordedEvents } from './record-events.js';
export { type MatcherResult, settingsMatchers, type SettingsMatchers } from './settings-matchers.js';
export { sourceContract } from './source-contract.js';
export type { ContractValues } from './contract-program.js';
export { testConfig, type TestModuleOptions } from './test-config.js';
export { testFlags } from './test-flags.js';
export { testKeyring, type TestKeyring, type TestKeyringOptions } from './test-keyring.js';
export type { TestLoadOptions } from './test-load-options.js';
export { testMonitor, type TestMonitor } from './test-monitor.js';
export { testSecretHandle } from './test-secret-handle.js';
export { testSettings, type SettingsValues } from './test-settings.js';
