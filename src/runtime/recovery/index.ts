// recovery: what happens when a source cannot be reached.
//
//   read -> fails -> what it said before -> last known good (disk) -> defaults -> fail
//             \-> retry in the background, more and more slowly, until it answers
export type { RetryOptions } from './backoff.js';
export { lastKnownGood, LastKnownGoodCache, type LastKnownGoodOptions } from './last-known-good.js';
export { leftOutValues } from './rebuild-layers.js';
export { hasRecoveryPolicy, withRecovery, type RecoveryPolicy } from './recovery-policy.js';
export type { Snapshot } from './snapshot.js';
export type { CommittedSources } from './snapshot-keeper.js';
export type { SourceHealth, SourceStatus } from './source-health.js';
export { areStandIn } from './stand-in.js';
export { SourceRecovery, type SourceRecoveryOptions } from './source-recovery.js';
