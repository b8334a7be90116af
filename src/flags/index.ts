// flags: feature flags whose definitions are settings.
//
//   FlagSettings (checked) -> FlagSet: by key, compiled on first use, taken over from the set before -> LiveFlags
//   call, run, tenant, program -> context -> override | forced | state | time | prerequisites | targeting | default
export type { DefinedFlag, DefinedFlags, FlagMetadata } from './defined-flags.js';
export { defineFlags, FlagsDefinition, type FlagsOptions } from './define-flags.js';
export type { FlagContext, FlagDecision, FlagEngine } from './engine.js';
export type { FlagExplanation, FlagStep } from './explain-flag.js';
export type { ExposureOptions, FlagExposure } from './exposures.js';
export { Flag, type FlagClass, type FlagKind, type FlagOptions } from './flag.js';
export { flagsIn } from './flags-in.js';
export { loadEngine } from './load-engine.js';
export { flagObject } from './flag-object.js';
export type { FlagFinding, FlagRow } from './flag-report.js';
export { FlagDefinition, FlagSettings } from './flag-settings.js';
export type { FlagObject, FlagValue, Widened } from './flag-value.js';
export type { FlagAnswer, FlagHandle, Flags, FlagsChanged, FlagsState } from './flags.js';
export { flagIdentifier, flagsIdentifier, InjectFlag, InjectFlags } from './inject-flags.js';
export { flagRequests, type FlagRequestsOptions } from './flag-requests.js';
export * from './open-feature.js';
