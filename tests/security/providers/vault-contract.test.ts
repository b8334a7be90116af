import { keyProviderContract } from './key-provider-contract.js';
import { vaultWorld } from './vault-world.js';

keyProviderContract([
  ['Vault transit with associated data', () => vaultWorld()],
  ['Vault transit with a derived key', () => vaultWorld({ binding: 'context', key: 'derived-orders' })],
]);
