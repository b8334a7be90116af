import { constants, generateKeyPairSync, privateDecrypt, publicEncrypt, type KeyObject } from 'node:crypto';
import { CryptographyClient } from '@azure/keyvault-keys';
import { azureKeyVault } from '../../src/security/providers/index.js';
import { httpService, type ServiceAnswer } from '../security/providers/http-service.js';
import type { ProviderWorld } from '../security/providers/provider-world.js';

const ACCESS_TOKEN = 'canary-entra-token-eyJ0';

interface RsaPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** Azure Key Vault as its REST interface shows it: a bearer challenge, then `POST /keys/<name>/<version>/wrapkey`. */
export async function azureWorld(algorithm: 'RSA-OAEP-256' | 'RSA-OAEP' = 'RSA-OAEP-256'): Promise<ProviderWorld> {
  const keys = new Map(['orders', 'billing'].map((name, index) => [name, [rsaPair(index)]]));
  const service = await httpService(({ method, path, headers, body }) => {
    const origin = `http://${String(headers.host)}`;
    if (headers.authorization !== `Bearer ${ACCESS_TOKEN}`) return challenge();
    const [, name = '', version = '', action] =
      /^\/keys\/([\w-]+)\/?([\da-f]{32})?\/?(wrapkey|unwrapkey)?\?/.exec(path) ?? [];
    const versions = keys.get(name) ?? [];
    const at = version === '' ? versions.length : Number.parseInt(version, 16);
    const pair = versions[at - 1];
    if (pair === undefined) return failed(404, 'KeyNotFound');
    const kid = `${origin}/keys/${name}/${at.toString(16).padStart(32, '0')}`;
    if (method === 'GET') {
      const key = { ...pair.publicKey.export({ format: 'jwk' }), kid, key_ops: ['wrapKey', 'unwrapKey'] };
      return { body: { key, attributes: { enabled: true } } };
    }
    // What the client sends is JSON of these two texts.
    const { alg, value } = JSON.parse(body) as { alg: string; value: string };
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const oaepHash = alg === 'RSA-OAEP-256' ? 'sha256' : 'sha1';
    const data = Buffer.from(value, 'base64url');
    try {
      const result =
        action === 'wrapkey'
          ? publicEncrypt({ key: pair.publicKey, padding, oaepHash }, data)
          : privateDecrypt({ key: pair.privateKey, padding, oaepHash }, data);
      return { body: { kid, value: result.toString('base64url') } };
    } catch {
      return failed(400, 'BadParameter');
    }
  });
  const vault = `http://127.0.0.1:${String(service.port)}`;
  const client = (key: string): CryptographyClient =>
    new CryptographyClient(
      key,
      { getToken: () => Promise.resolve({ token: ACCESS_TOKEN, expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) },
      // Plain HTTP to this machine; the challenge names the real vault's domain.
      { allowInsecureConnection: true, disableChallengeResourceVerification: true, retryOptions: { maxRetries: 0 } },
    );
  const provider = (name: string) =>
    azureKeyVault({ key: `${vault}/keys/${name}`, client, algorithm, id: `azure:${name}` });
  return {
    service,
    provider: provider('orders'),
    stranger: provider('billing'),
    rotate: () => void keys.get('orders')?.push(rsaPair(2)),
    throttled: (secret) => failed(429, 'Throttled', secret),
    broken: (secret) => failed(500, 'InternalServerError', secret),
    denied: (secret) => failed(403, 'Forbidden', secret),
    credential: ACCESS_TOKEN,
  };
}

/** Short ones, and shared by all worlds, because pairs take long to make. */
const pairs: RsaPair[] = [];

function rsaPair(index: number): RsaPair {
  return (pairs[index] ??= generateKeyPairSync('rsa', { modulusLength: 1024 }));
}

function challenge(): ServiceAnswer {
  const bearer = 'Bearer authorization="https://login.microsoftonline.com/tenant", resource="https://vault.azure.net"';
  return { ...failed(401, 'Unauthorized'), headers: { 'www-authenticate': bearer } };
}

function failed(status: number, code: string, secret = ''): ServiceAnswer {
  return { status, body: { error: { code, message: `${code} ${secret}` } } };
}
