// plan: the options, checked once: sections, their cut schema, defaults, rules.
export { type CrossSectionRule, type CrossSectionRuleOptions, rule } from './cross-section-rule.js';
export {
  type ConfigDefinition,
  defineConfig,
  DEFINITION_OPTIONS,
  definitionOf,
  type TenantParts,
  type ResourceDefinition,
  type TenantsDefinition,
  type WorkspacesDefinition,
} from './define-config.js';
export { LOAD_OPTIONS, type LoadOptions, spanOf, type UnknownKeyPolicy } from './load-options.js';
export { pathsNowOf, secretsOfDocument } from './document-secrets.js';
export { type LoadPlan, type PlannedSection, planLoad, selectorsOf } from './load-plan.js';
export {
  type SectionEntry,
  type SectionInput,
  type SectionInputs,
  type SectionPlacement,
  section,
  sectionEntries,
} from './section-entry.js';
