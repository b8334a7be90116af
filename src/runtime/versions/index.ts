// versions: documents of earlier versions of the settings classes, read as if they were written today.
export type { VersionedSection } from './migrate-section.js';
export { Migrations } from './migrations.js';
export { edited, placeFor } from './edit.js';
