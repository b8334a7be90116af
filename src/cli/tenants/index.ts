// tenants: the commands for the tenants of a configuration file.
//
//   uno.config.ts -> base + documents (survey) -> one tenant | all of them side by side | its document
export * from './all-tenants-commands.js';
export { tenantsEraseCommand, tenantsExportCommand } from './document-commands.js';
export { tenantsDiffCommand, tenantsExplainCommand } from './one-tenant-commands.js';
export { lookAtAll } from './survey.js';
