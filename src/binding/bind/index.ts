// bind: raw values -> a frozen, validated instance, or every issue with its place.
export type { BoundBefore, Finding } from './bind-context.js';
export { bindSections, type SectionRequest } from './bind-sections.js';
export { ruleFailure, ruleFinding, violationsOf } from './check-rules.js';
export { deprecatedValues, mayBeDeprecated } from './deprecated-values.js';
export { mayHoldProtected, type ProtectedValue, protectedValues } from './protected-values.js';
export { type CheckedNow, checkNow } from './check-now.js';
