// `uno-config/access`: who may read which secret, and on whose behalf.
export { accessPolicy, currentPrincipal, runAs } from './security/index.js';
export type {
  AccessExplanation,
  AccessPolicy,
  AccessReason,
  AccessRecord,
  AccessRecorder,
  AccessRight,
  AccessRule,
  AccessSubject,
  DeclaredAccess,
} from './security/index.js';
