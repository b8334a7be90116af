// compare: two schemas -> what a newer version of an application takes, and what it refuses.
export { compareSchemas, type SchemaChange } from './compare-schemas.js';
