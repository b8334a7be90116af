// versions: documents of earlier versions of the settings classes, read as if they were written today.
export { edited, type Edit } from './edit.js';
export {
  migrateSection,
  oldestOf,
  VERSION_KEY,
  type MigratedSection,
  type VersionedSection,
} from './migrate-section.js';
export { Migrations, type MigratedLayer } from './migrations.js';
export { StepProblem } from './step-edits.js';
