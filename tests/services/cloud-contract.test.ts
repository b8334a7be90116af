import { describe, expect, it } from '@jest/globals';
import { keyProviderContract } from '../security/providers/key-provider-contract.js';
import { awsWorld } from './aws-world.js';
import { azureWorld } from './azure-world.js';
import { gcpWorld } from './gcp-world.js';

const worlds = [
  ['AWS KMS', () => awsWorld()],
  ['Azure Key Vault, RSA-OAEP-256', () => azureWorld()],
  ['Azure Key Vault, RSA-OAEP', () => azureWorld('RSA-OAEP')],
  ['Google Cloud KMS', () => gcpWorld()],
] as const;

describe.each(worlds)('%s', (_name, open) => {
  it.each(keyProviderContract)('%s', async (_sentence, prove) => {
    expect.hasAssertions();
    const world = await open();
    await prove(world).finally(() => world.service.close());
  });
});
