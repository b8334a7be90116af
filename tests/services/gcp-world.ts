import { KeyManagementServiceClient } from '@google-cloud/kms';
import { gcpKms } from '../../src/security/providers/index.js';
import { httpService, type ServiceAnswer } from '../security/providers/http-service.js';
import { MasterKey } from '../security/providers/master-key.js';
import type { ProviderWorld } from '../security/providers/provider-world.js';

const ACCESS_TOKEN = 'canary-access-token-ya29';
const RING = 'projects/shop/locations/europe-west1/keyRings/config/cryptoKeys';

/** Google Cloud KMS as its REST interface shows it: `POST /v1/<key>:encrypt`. `sum` damages the checksums of answers. */
export async function gcpWorld(sum: (value: number) => number = (value) => value): Promise<ProviderWorld> {
  const keys = new Map(['orders', 'billing'].map((name) => [`${RING}/${name}`, new MasterKey()]));
  const service = await httpService(({ method, path, headers, body }) => {
    if (headers.authorization !== `Bearer ${ACCESS_TOKEN}`) return failed(401, 'UNAUTHENTICATED');
    const [, name = '', action] = /^\/v1\/([^:?]+)(?::(\w+))?/.exec(path) ?? [];
    const key = keys.get(name);
    if (key === undefined) return failed(404, 'NOT_FOUND');
    if (method === 'GET') {
      return {
        body: {
          name,
          purpose: 'ENCRYPT_DECRYPT',
          primary: { name: `${name}/cryptoKeyVersions/${String(key.latest)}` },
        },
      };
    }
    // What the client sends is JSON of texts.
    const input = JSON.parse(body) as Readonly<Record<string, string>>;
    const [data, plain, sealed] = ['additionalAuthenticatedData', 'plaintext', 'ciphertext'].map((part) =>
      Buffer.from(input[part] ?? '', 'base64'),
    ) as [Buffer, Buffer, Buffer];
    const arrived = (part: string, bytes: Buffer): boolean => Number(input[`${part}Crc32c`]) === castagnoli(bytes);
    if (!arrived('additionalAuthenticatedData', data)) return failed(400, 'INVALID_ARGUMENT');
    if (action === 'encrypt') {
      const ciphertext = key.encrypt(plain, data);
      return {
        body: {
          name: `${name}/cryptoKeyVersions/${String(key.latest)}`,
          ciphertext: ciphertext.toString('base64'),
          ciphertextCrc32c: String(sum(castagnoli(ciphertext))),
          verifiedPlaintextCrc32c: arrived('plaintext', plain),
          verifiedAdditionalAuthenticatedDataCrc32c: true,
        },
      };
    }
    try {
      if (!arrived('ciphertext', sealed)) return failed(400, 'INVALID_ARGUMENT');
      const plaintext = key.decrypt(sealed, data);
      return { body: { plaintext: plaintext.toString('base64'), plaintextCrc32c: String(sum(castagnoli(plaintext))) } };
    } catch {
      return failed(400, 'INVALID_ARGUMENT');
    }
  });
  const client = new KeyManagementServiceClient({
    // REST over plain HTTP to this machine, instead of gRPC.
    fallback: true,
    protocol: 'http',
    apiEndpoint: '127.0.0.1',
    port: service.port,
    // The calls of GoogleAuth that the client makes, so that no metadata server is looked for.
    auth: {
      getUniverseDomain: () => Promise.resolve('googleapis.com'),
      getClient: () => Promise.resolve({}),
      fetch: (url: string, init: RequestInit) => {
        const headers = new Headers(init.headers);
        headers.set('authorization', `Bearer ${ACCESS_TOKEN}`);
        return fetch(url, { ...init, headers });
      },
    } as never,
    clientConfig: { interfaces: { 'google.cloud.kms.v1.KeyManagementService': withoutRetries() } },
  });
  const close = async (): Promise<void> => {
    await client.close();
    await service.close();
  };
  return {
    service: { ...service, close },
    provider: gcpKms({ client, key: `${RING}/orders`, id: 'gcp:orders' }),
    stranger: gcpKms({ client, key: `${RING}/billing`, id: 'gcp:billing' }),
    rotate: () => keys.get(`${RING}/orders`)?.rotate(),
    throttled: (secret) => failed(429, 'RESOURCE_EXHAUSTED', secret),
    broken: (secret) => failed(500, 'INTERNAL', secret),
    denied: (secret) => failed(403, 'PERMISSION_DENIED', secret),
    credential: ACCESS_TOKEN,
  };
}

function withoutRetries() {
  const method = { timeout_millis: 5000, retry_codes_name: 'never', retry_params_name: 'default' };
  return {
    retry_codes: { never: [] },
    retry_params: {
      default: {
        initial_retry_delay_millis: 1,
        retry_delay_multiplier: 1,
        max_retry_delay_millis: 1,
        initial_rpc_timeout_millis: 5000,
        rpc_timeout_multiplier: 1,
        max_rpc_timeout_millis: 5000,
        total_timeout_millis: 5000,
      },
    },
    methods: { Encrypt: method, Decrypt: method, GetCryptoKey: method },
  };
}

/** A CRC-32C that is reckoned bit by bit, so that it is not the one under test. */
function castagnoli(bytes: Uint8Array): number {
  let left = 0xffffffff;
  for (const byte of bytes) {
    left ^= byte;
    for (let bit = 0; bit < 8; bit += 1) left = (left & 1) === 1 ? 0x82f63b78 ^ (left >>> 1) : left >>> 1;
  }
  return (left ^ 0xffffffff) >>> 0;
}

function failed(code: number, status: string, secret = ''): ServiceAnswer {
  return { status: code, body: { error: { code, status, message: `${status} ${secret}` } } };
}
