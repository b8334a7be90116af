import { describe, expect, it } from '@jest/globals';
import { keyProviderContract } from './key-provider-contract.js';
import { vaultWorld } from './vault-world.js';

const worlds = [
  ['Vault transit with associated data', () => vaultWorld()],
  ['Vault transit with a derived key', () => vaultWorld({ binding: 'context', key: 'derived-orders' })],
] as const;

describe.each(worlds)('%s', (_name, open) => {
  it.each(keyProviderContract)('%s', async (_sentence, prove) => {
    expect.hasAssertions();
    const world = await open();
    await prove(world).finally(() => world.service.close());
  });
});
