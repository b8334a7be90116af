// keyring: where keys come from, and the keyset they make.
//
//   keyring (file, folder, environment, development) -> document (JSON Web Key Set, states)
//   document -> unwrap (passphrase, key provider) -> keyset (keys in memory) -> encrypt, seal, open, rewrap
export * from './development-keyring.js';
export * from './generate-keyset.js';
export type { KeyDescription, KeyState, KeyUse } from './key-description.js';
export * from './key-directory.js';
export { keyEnvironment } from './key-environment.js';
export { keyFile } from './key-file.js';
export type { DataKey, KeyContext, KeyProvider, KeyProviderDescription } from './key-provider.js';
export { optionsOfKeyring } from './keyring.js';
export type { Keyring, KeyringContext, KeyringOptions } from './keyring.js';
export { keysDue } from './keys-due.js';
export * from './keyset.js';
export { activateKey, destroyKey, disableKey, publicKeyset, retireKey } from './keyset-changes.js';
export { KeysetDocument } from './keyset-document.js';
export * from './local-key-provider.js';
export * from './open-keyset.js';
export type { Passphrase, ScryptCost } from './passphrase.js';
export { readPrivateFile } from './private-file.js';
export type { UnwrapOptions } from './unwrap-entries.js';
export * from './wrap-keys.js';
export * from './write-keyset.js';
