// security: open and protect. A secret in a source is a token `{jwe}…`; a keyset, which a keyring loads, opens it.
//
//   keyring -> keyset + scope -> encrypt | seal -> {jwe}… -> open
//   spring  -> reads {cipher} values of Spring Cloud Config
//   audit   -> a use of a secret -> chain of hashes -> file, logger, …
export * from './audit/index.js';
export { isToken, scopeHash, TOKEN_PREFIX } from './cipher/index.js';
export type { SecretScope } from './cipher/index.js';
export {
  activateKey,
  destroyKey,
  disableKey,
  generateKeyset,
  Keyset,
  KeysetDocument,
  publicKeyset,
  retireKey,
  rotateKey,
} from './keyring/index.js';
export type {
  DataKey,
  GenerateKeysetOptions,
  KeyContext,
  KeyDescription,
  KeyProvider,
  KeyProviderDescription,
  KeysetOptions,
  KeyState,
  KeyUse,
  OpenedSecret,
  RotateKeyOptions,
  TokenDescription,
} from './keyring/index.js';
export * from './spring/index.js';
