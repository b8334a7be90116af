// The subpath `uno-config/schema`: what is generated from the settings classes.
export { jsonSchema, type JsonSchema, type JsonSchemaOptions } from './schema/index.js';
