import { keyProviderContract } from '../security/providers/key-provider-contract.js';
import { awsWorld } from './aws-world.js';
import { azureWorld } from './azure-world.js';
import { gcpWorld } from './gcp-world.js';

keyProviderContract([
  ['AWS KMS', () => awsWorld()],
  ['Azure Key Vault, RSA-OAEP-256', () => azureWorld()],
  ['Azure Key Vault, RSA-OAEP', () => azureWorld('RSA-OAEP')],
  ['Google Cloud KMS', () => gcpWorld()],
]);
