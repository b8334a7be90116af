import { AppConfigurationClient } from '@azure/app-configuration';
import { SecretClient } from '@azure/keyvault-secrets';
import {
  azureAppConfiguration,
  type AzureAppConfigurationOptions,
  azureSecrets,
  type AzureSecretsOptions,
} from '../../../src/sources/remote/azure/index.js';
import type { CloudKind, CloudReply } from '../../sources/remote/cloud-world.js';
import { dataOf } from '../../sources/remote/fake-kubernetes.js';

const STORE_SECRET = Buffer.from('canary-store-secret').toString('base64');
const ACCESS_TOKEN = 'canary-entra-token-eyJ0';

export function failed(status: number, code: string): CloudReply {
  return { status, body: { error: { code, message: `hunter2 ${ACCESS_TOKEN}` } } };
}

/** Two key-values come in one page. */
const PAGE = 2;

/** App Configuration: <https://learn.microsoft.com/azure/azure-app-configuration/rest-api-key-value>. */
export const fakeStore: CloudKind = {
  reply: ({ path, query, headers }, { document, version }) => {
    if (headers.authorization?.startsWith('HMAC-SHA256 Credential=orders&') !== true)
      return failed(401, 'Unauthorized');
    const items = Object.entries(dataOf(document ?? {})).map(([key, value]) => ({
      etag: `e${String(version)}`,
      key: `orders:${key.replaceAll('.', ':')}`,
      label: 'prod',
      content_type: null,
      value,
      tags: {},
      locked: false,
      last_modified: '2026-11-28T08:00:00+00:00',
    }));
    const [, single] = /^\/kv\/(.+)$/.exec(path) ?? [];
    if (single !== undefined) {
      const found = items.find(({ key }) => key === decodeURIComponent(single));
      return found === undefined
        ? { status: 404, body: '' }
        : {
            headers: { etag: `"${found.etag}"`, 'content-type': 'application/vnd.microsoft.appconfig.kv+json' },
            body: found,
          };
    }
    if (path !== '/kv') return { status: 404, body: '' };
    if (query.get('snapshot') === null && (query.get('key') !== 'orders:*' || query.get('label') !== 'prod')) {
      return { body: { items: [] } };
    }
    const from = Number(query.get('after') ?? 0);
    const more = from + PAGE < items.length;
    query.set('after', String(from + PAGE));
    return {
      headers: { 'content-type': 'application/vnd.microsoft.appconfig.kvset+json' },
      body: {
        etag: `"p${String(version)}"`,
        items: items.slice(from, from + PAGE),
        ...(more && { '@nextLink': `/kv?${query.toString()}` }),
      },
    };
  },
  source: (port) => storeOn(port),
};

export function storeOn(
  port: number,
  more: Partial<AzureAppConfigurationOptions> = {},
): ReturnType<typeof azureAppConfiguration> {
  const endpoint = `http://127.0.0.1:${String(port)}`;
  return azureAppConfiguration({
    endpoint,
    client: () =>
      new AppConfigurationClient(`Endpoint=${endpoint};Id=orders;Secret=${STORE_SECRET}`, {
        allowInsecureConnection: true,
        retryOptions: { maxRetries: 0 },
      }),
    keys: 'orders:*',
    trim: 'orders:',
    label: 'prod',
    ...more,
  });
}

const SECRETS = ['contract--first', 'contract--second'];

/** Key Vault: a bearer challenge, then `GET /secrets/<name>/<version>`. */
export const fakeKeyVault: CloudKind = {
  reply: ({ path, headers }, { document, version }) => {
    if (headers.authorization !== `Bearer ${ACCESS_TOKEN}`) {
      const bearer =
        'Bearer authorization="https://login.microsoftonline.com/tenant", resource="https://vault.azure.net"';
      return { ...failed(401, 'Unauthorized'), headers: { 'www-authenticate': bearer } };
    }
    const [, name = ''] = /^\/secrets\/([\w-]+)\/?/.exec(path) ?? [];
    const value = dataOf(document ?? {})[name.replaceAll('--', '.')];
    if (value === undefined) return failed(404, 'SecretNotFound');
    const id = `https://shop.vault.azure.net/secrets/${name}/${version.toString(16).padStart(32, '0')}`;
    return { body: { id, value, attributes: { enabled: true } } };
  },
  source: (port) => vaultSecretsOn(port, { plain: true }),
};

export function secretClientOn(port: number): SecretClient {
  return new SecretClient(
    `http://127.0.0.1:${String(port)}`,
    { getToken: async () => Promise.resolve({ token: ACCESS_TOKEN, expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) },
    // Plain HTTP to this machine; the challenge names the real vault's domain.
    { allowInsecureConnection: true, disableChallengeResourceVerification: true, retryOptions: { maxRetries: 0 } },
  );
}

export function vaultSecretsOn(port: number, more: Partial<AzureSecretsOptions> = {}): ReturnType<typeof azureSecrets> {
  return azureSecrets({
    vault: `http://127.0.0.1:${String(port)}`,
    client: secretClientOn(port),
    secrets: SECRETS,
    ...more,
  });
}
