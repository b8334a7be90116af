// gcp: the subpath `uno-config/sources/gcp`. Clients are those of Google: handed in, or made when needed.
//
//   gcpSecrets     one secret of Secret Manager, checked by its CRC-32C
//   gcpParameters  a parameter of Parameter Manager, rendered: what was a reference to a secret is one
export { gcpParameters, type GcpParametersOptions } from './gcp-parameters.js';
export { gcpSecrets, type GcpSecretsOptions } from './gcp-secrets.js';
export type * from './gcp-clients.js';
export type { CloudSourceOptions, SecretStoreOptions } from '../cloud/index.js';
export type { ClientOption } from '../store/index.js';
