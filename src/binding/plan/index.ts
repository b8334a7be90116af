// plan: a class and the classes in it, as sources and the binder need them.
export { buildSchema, scopedSchema } from './build-schema.js';
export { canonicalKey, canonicalPath, sourcePath, undeclaredPath } from './canonical-path.js';
export { namedEnvironments } from './named-environments.js';
export { holdsSecret, secretFields } from './secret-fields.js';
export { type SectionPlan, planOf } from './section-plan.js';
export { isUnsetWhenEmpty } from './field-keys.js';
export { type SectionShape, shapeOf } from './section-shape.js';
