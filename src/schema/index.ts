// schema: what is generated from the settings classes; nothing is written twice.
//
// Rooms, low to high: fields < json, documents.
export { compareSchemas, type SchemaChange } from './compare/index.js';
export { type DescribedSection, describedSections, envExampleText, referenceText } from './documents/index.js';
export { type Constraints, type FieldConstraints, type FieldFacts, fieldFacts, plain } from './fields/index.js';
export { type JsonSchema, jsonSchema, type JsonSchemaOptions, schemaOf } from './json/index.js';
