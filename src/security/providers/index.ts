// providers: keys that other services keep. Each file is one service and one subpath of the package; the user hands in the
// client, of which only the few calls that are made here are typed, so that none of them is a dependency.
//
//   keyset's key + context -> wrapKey -> bytes that only the service opens again, for the same context
export * from './aws-kms.js';
export * from './azure-key-vault.js';
export * from './gcp-kms.js';
export * from './vault-transit.js';
export { crc32c } from './crc32c.js';
export * from './vault-client.js';
