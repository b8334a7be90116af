// json: the settings classes as a JSON Schema of the files that hold settings.
//
//   places and fields -> keys, each with the alternatives of its value -> objects below $defs
export { jsonSchema, type JsonSchemaOptions, schemaOf } from './json-schema.js';
export type { JsonSchema } from './schema-data.js';
