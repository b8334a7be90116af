// binding: from a tree of raw values to frozen, validated instances.
//
//   class -> plan (once)      layer -> normalised layer      subtree + plan -> instance | findings
export type { BoundBefore, Finding } from './bind-context.js';
export { bindSections } from './bind-sections.js';
export { buildSchema } from './build-schema.js';
export { ruleApplies, ruleFailure, ruleFinding, violationsOf } from './check-rules.js';
export { describeType, type FieldType } from './field-type.js';
export { canonicalKey, canonicalPath, childNode, sourcePath, undeclaredPath } from './canonical-path.js';
export { MOST_VALUES, emptyIsNothing, normaliseMap, saysUnset } from './normalise-map.js';
export type { FieldPlan } from './field-plan.js';
export { protectedValues, type ProtectedValue } from './protected-values.js';
export { scopedSchema } from './scoped-schema.js';
export { structureOf } from './structured-text.js';
export { secretFields } from './secret-fields.js';
export { planOf, type SectionPlan } from './section-plan.js';
export type { ValidationGroups } from './validation-metadata.js';
