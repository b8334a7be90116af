// security: open and protect. A secret in a source is a token `{jwe}…`; a keyset, which a keyring loads, opens it.
//
//   keyring -> keyset + scope -> encrypt | seal -> {jwe}… -> open
//   providers -> keys that other services keep
//   spring    -> reads {cipher} values of Spring Cloud Config
//   access    -> who may do what with a secret, and why; the gate that every secret asks
//   files     -> read and replaced whole
//   rotation  -> the values of files under the newest keys
//   audit     -> a use of a secret -> chain of hashes -> file, logger, …
export * from './access/index.js';
export * from './audit/index.js';
export { TOKEN_PREFIX } from '../core/index.js';
export { isToken, scopeHash } from './cipher/index.js';
export type { SecretScope } from './cipher/index.js';
export * from './keyring/index.js';
export { crc32c, VAULT_OPTIONS, VaultClient, vaultPath } from './providers/index.js';
export type { VaultCall, VaultOptions } from './providers/index.js';
export { FileReplacement, readWhole, removeLeftovers, syncFolder, type WholeFile } from './files/index.js';
export * from './rotation/index.js';
export * from './spring/index.js';
