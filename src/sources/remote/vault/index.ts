// vault: the subpath `uno-config/sources/vault`. Secrets of HashiCorp Vault and OpenBao, over HTTP.
//
//   vaultSource  one secret of a KV engine, version 2: values, version, deleted or destroyed
//   vaultLease   a credential that Vault makes: asked for, renewed, and asked for anew before it ends
export { vaultLease, type VaultLeaseOptions } from './vault-lease.js';
export { vaultSource, type VaultSourceOptions } from './vault-source.js';
export type { CloudSourceOptions, SecretStoreOptions } from '../cloud/index.js';
export type { VaultOptions } from '../../../security/index.js';
export type { Credential, HttpTls } from '../../../http/index.js';
