// generate: files that are written from the settings classes, and checked to be current.
export { docsCommand, envExampleCommand } from './document-commands.js';
export { schemaCommand } from './schema-command.js';
export { schemaDiffCommand } from './schema-diff-command.js';
