// keyring: where keys come from, and the keyset they make.
//
//   document (JSON Web Key Set, states) -> unwrap -> keyset (keys in memory) -> encrypt, seal, open, rewrap
export { generateKeyset, rotateKey } from './generate-keyset.js';
export type { GenerateKeysetOptions, RotateKeyOptions } from './generate-keyset.js';
export type { KeyDescription, KeyState, KeyUse } from './key-description.js';
export type { DataKey, KeyContext, KeyProvider, KeyProviderDescription } from './key-provider.js';
export { Keyset } from './keyset.js';
export type { KeysetOptions, OpenedSecret, TokenDescription } from './keyset.js';
export { activateKey, destroyKey, disableKey, publicKeyset, retireKey } from './keyset-changes.js';
export { KeysetDocument } from './keyset-document.js';
