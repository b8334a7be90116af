// versions: documents of earlier versions of the settings classes, read as if they were written today.
export { type Edit, edited, placeFor, spelled, valueAt } from './edit.js';
export { VERSION_KEY, type VersionedSection } from './migrate-section.js';
export { type MigratedDocument, type MigratedLayer, Migrations } from './migrations.js';
