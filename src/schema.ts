// The subpath `uno-config/schema`: what is generated from the settings classes.
export {
  compareSchemas,
  jsonSchema,
  type JsonSchema,
  type JsonSchemaOptions,
  type SchemaChange,
} from './schema/index.js';
