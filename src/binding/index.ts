// binding: from a tree of raw values to frozen, validated instances.
//
//   class -> plan (once)      layer -> normalised layer      subtree + plan -> instance | findings
//
// Rooms, low to high: coerce < fields < plan < bind < normalise.
export {
  bindSections,
  checkNow,
  deprecatedValues,
  mayBeDeprecated,
  protectedValues,
  ruleFailure,
  ruleFinding,
  violationsOf,
  type BoundBefore,
  type CheckedNow,
  type Finding,
  type ProtectedValue,
} from './bind/index.js';
export { legalValues } from './coerce/index.js';
export {
  classOf,
  classesOf,
  copiesIn,
  describeType,
  loadedModules,
  storedValidations,
  type FieldPlan,
  type FieldType,
  type LoadedModules,
  type SectionType,
  type StoredValidation,
  type ValidationGroups,
} from './fields/index.js';
export {
  MOST_VALUES,
  emptyIsNothing,
  normaliseMap,
  type NormalisedMap,
  saysUnset,
  structureOf,
} from './normalise/index.js';
export {
  buildSchema,
  canonicalKey,
  canonicalPath,
  namedEnvironments,
  planOf,
  scopedSchema,
  secretFields,
  sourcePath,
  undeclaredPath,
  type SectionPlan,
} from './plan/index.js';
