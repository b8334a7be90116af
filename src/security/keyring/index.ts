// keyring: where keys come from, and the keyset they make.
//
//   keyring (file, folder, environment, development) -> document (JSON Web Key Set, states)
//   document -> unwrap (passphrase, key provider) -> keyset (keys in memory) -> encrypt, seal, open, rewrap
export { developmentKeyring } from './development-keyring.js';
export type { DevelopmentKeyringOptions } from './development-keyring.js';
export { generateKeyset, rotateKey } from './generate-keyset.js';
export type { GenerateKeysetOptions, RotateKeyOptions } from './generate-keyset.js';
export type { KeyDescription, KeyState, KeyUse } from './key-description.js';
export { keyDirectory } from './key-directory.js';
export type { KeyDirectoryOptions } from './key-directory.js';
export { keyEnvironment } from './key-environment.js';
export { keyFile } from './key-file.js';
export type { DataKey, KeyContext, KeyProvider, KeyProviderDescription } from './key-provider.js';
export { optionsOfKeyring } from './keyring-options.js';
export type { Keyring, KeyringContext, KeyringOptions } from './keyring.js';
export { keysDue } from './keys-due.js';
export { Keyset } from './keyset.js';
export type { KeysetOptions, OpenedSecret, TokenDescription } from './keyset.js';
export { activateKey, destroyKey, disableKey, publicKeyset, retireKey } from './keyset-changes.js';
export { KeysetDocument } from './keyset-document.js';
export { localKeyProvider } from './local-key-provider.js';
export type { LocalKeyOptions } from './local-key-provider.js';
export { openKeyset } from './open-keyset.js';
export type { OpenKeysetOptions } from './open-keyset.js';
export type { Passphrase, ScryptCost } from './passphrase.js';
export { readPrivateFile } from './private-file.js';
export type { UnwrapOptions } from './unwrap-entries.js';
export { rewrapKeys, unwrapKeys, wrapAsBefore, wrapKeys, wrappingsOf } from './wrap-keys.js';
export type { WrapOptions } from './wrap-keys.js';
export { changeKeyset, createKeyset } from './write-keyset.js';
export type { LockedKeyset } from './write-keyset.js';
