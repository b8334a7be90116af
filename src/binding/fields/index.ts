// fields: the decorators of one class, read into plans of its fields.
export { type ClassFacts, readClass, unusableClass } from './class-facts.js';
export { type FieldColumns, readColumns } from './field-columns.js';
export { type FieldKind, SIMPLE, type SimpleCode } from './field-kind.js';
export { type FieldPlan, planComputed, planField } from './field-plan.js';
export {
  type AmountType,
  type Discriminator,
  type FieldType,
  type ListType,
  type MapType,
  type ScalarKind,
  type SecretType,
  type SectionType,
  type SingleType,
  classesIn,
  classesOf,
  classOf,
  describeType,
} from './field-type.js';
export { type LoadedModules, copiesIn, loadedModules } from './loaded-copies.js';
export { PLAIN_TO_CLASS } from './transformer-metadata.js';
export { type StoredValidation, type ValidationGroups, storedValidations } from './validation-metadata.js';
export { compileChecks } from './compile-checks.js';
