// azure: the subpath `uno-config/sources/azure`. Clients are those of the SDK of Azure: handed in, or made when needed.
//
//   azureAppConfiguration  key-values of a label or of a snapshot -> references to Key Vault resolved     azureSecrets  secrets by name
export { azureAppConfiguration, type AzureAppConfigurationOptions } from './azure-app-configuration.js';
export { azureSecrets, type AzureSecretsOptions } from './azure-secrets.js';
export type * from './azure-clients.js';
export type { CloudSourceOptions, SecretStoreOptions } from '../cloud/index.js';
export type { ClientOption } from '../store/index.js';
