// access: who may do what with a secret.
//
//   rules -> policy (compiled once) -> decision + why -> gate: on record, then open, or access-denied
//   runAs -> the principal of the running work
export { accessPolicy, AccessPolicy } from './access-policy.js';
export type { AccessExplanation, AccessReason } from './access-explanation.js';
export type { AccessRight } from '../../core/index.js';
export type { AccessRule } from './access-rule.js';
export type { AccessSubject } from './access-subject.js';
export type { DeclaredAccess } from './decide-access.js';
export { currentPrincipal, runAs } from './principal.js';
export type { AccessRecord, AccessRecorder } from './access-record.js';
export { admitToAll } from './admit-to-all.js';
export { tenantMismatch } from './gate-errors.js';
export { createSecretGate, type PolicySecretGate } from './secret-gate.js';
