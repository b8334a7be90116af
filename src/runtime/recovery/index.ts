// recovery: what a start goes on with while a source cannot be reached.
//
//   read -> no answer -> last known good (disk; older copies where one no longer fits) -> defaults -> fail
export { DocumentCopies, type DocumentCopy, incompleteCopy } from './document-copies.js';
export { backoffDelay, type Backoff, type RetryOptions, USUAL_BACKOFF } from './backoff.js';
export { lastKnownGood, LastKnownGoodCache, type LastKnownGoodOptions } from './last-known-good.js';
export { LastKnownGoodKeeper } from './last-known-good-keeper.js';
export { carryStored, isInCopy, leftOutValues } from './rebuild-layers.js';
export { policyOf, underPolicy, withRecovery, type CheckedPolicy, type RecoveryPolicy } from './recovery-policy.js';
export type { Snapshot } from './snapshot.js';
export { sourceKeys, areStandIn, type SourceAnswer, layerOf, layersOf, treeOf } from './source-answer.js';
export type { CanonicalLayer } from './take-snapshot.js';
export { digestOf, TrialMarker, type TrialMark } from './trial-marker.js';
