import { ParameterManagerClient } from '@google-cloud/parametermanager';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { crc32c } from '../../../src/security/index.js';
import {
  gcpParameters,
  type GcpParametersOptions,
  gcpSecrets,
  type GcpSecretsOptions,
} from '../../../src/sources/remote/gcp/index.js';
import type { CloudKind, CloudReply } from '../../sources/remote/cloud-world.js';

const ACCESS_TOKEN = 'canary-access-token-ya29';

export function failed(code: number, status: string): CloudReply {
  return { status: code, body: { error: { code, status, message: `hunter2 ${ACCESS_TOKEN}` } } };
}

/** REST over plain HTTP to this machine, instead of gRPC, without retries and without looking for a metadata server. */
const clientOptions = (port: number, service: string, methods: readonly string[]): object => {
  const method = { timeout_millis: 60_000, retry_codes_name: 'never', retry_params_name: 'default' };
  const parameters = {
    ...{ initial_retry_delay_millis: 1, retry_delay_multiplier: 1, max_retry_delay_millis: 1 },
    ...{ initial_rpc_timeout_millis: 60_000, rpc_timeout_multiplier: 1, max_rpc_timeout_millis: 60_000 },
    total_timeout_millis: 60_000,
  };
  return {
    ...{ fallback: true, protocol: 'http', apiEndpoint: '127.0.0.1', port },
    auth: {
      getUniverseDomain: async () => Promise.resolve('googleapis.com'),
      getClient: async () => Promise.resolve({}),
      fetch: async (url: string, init: RequestInit) => {
        const headers = new Headers(init.headers);
        headers.set('authorization', `Bearer ${ACCESS_TOKEN}`);
        return fetch(url, { ...init, headers });
      },
    },
    clientConfig: {
      interfaces: {
        [service]: {
          retry_codes: { never: [] },
          retry_params: { default: parameters },
          methods: Object.fromEntries(methods.map((name) => [name, method])),
        },
      },
    },
  };
};

/** Secret Manager: `GET /v1/projects/p/secrets/s/versions/v:access`. */
export const fakeSecretManager: CloudKind = {
  reply: ({ path, headers }, { document, version }) => {
    if (headers.authorization !== `Bearer ${ACCESS_TOKEN}`) return failed(401, 'UNAUTHENTICATED');
    if (path !== '/v1/projects/shop/secrets/orders/versions/latest:access' || document === undefined) {
      return failed(404, 'NOT_FOUND');
    }
    const data = Buffer.from(JSON.stringify(document));
    return {
      body: {
        name: `projects/1234/secrets/orders/versions/${String(version)}`,
        payload: { data: data.toString('base64'), dataCrc32c: String(crc32c(data)) },
      },
    };
  },
  source: (port) => secretOn(port, { plain: true }),
};

export function secretOn(port: number, more: Partial<GcpSecretsOptions> = {}): ReturnType<typeof gcpSecrets> {
  const options = clientOptions(port, 'google.cloud.secretmanager.v1.SecretManagerService', ['AccessSecretVersion']);
  return gcpSecrets({
    project: 'shop',
    secret: 'orders',
    // Its types know nothing of a client of REST with another kind of authentication.
    client: () => new SecretManagerServiceClient(options as never),
    ...more,
  });
}

const PARENT = '/v1/projects/shop/locations/global/parameters/orders/versions';

/** Parameter Manager: `GET …/versions`, then `GET …/versions/v:render`. */
export const fakeParameterManager: CloudKind = {
  reply: ({ path, headers }, { document, version }) => {
    if (headers.authorization !== `Bearer ${ACCESS_TOKEN}`) return failed(401, 'UNAUTHENTICATED');
    const name = (number: number): string => `${PARENT.slice('/v1/'.length)}/v${String(number)}`;
    if (document === undefined) return failed(404, 'NOT_FOUND');
    if (path === PARENT) {
      const at = (seconds: number): string => new Date(1_764_000_000_000 + seconds * 1_000).toISOString();
      return {
        body: {
          parameterVersions: [
            { name: name(version), createTime: at(version) },
            { name: name(version + 1), createTime: at(version + 1), disabled: true },
            { name: name(version - 1), createTime: at(version - 1) },
          ],
        },
      };
    }
    if (path !== `/v1/${name(version)}:render`) return failed(404, 'NOT_FOUND');
    const written = JSON.stringify(document);
    // As Google renders a reference.
    const rendered = written.replace(/__REF__\([^)]*\)/g, 'hunter2');
    const encoded = (text: string): string => Buffer.from(text).toString('base64');
    return {
      body: {
        parameterVersion: name(version),
        payload: { data: encoded(written) },
        renderedPayload: encoded(rendered),
      },
    };
  },
  source: (port) => parameterOn(port),
};

export function parameterOn(port: number, more: Partial<GcpParametersOptions> = {}): ReturnType<typeof gcpParameters> {
  const options = clientOptions(port, 'google.cloud.parametermanager.v1.ParameterManager', [
    'ListParameterVersions',
    'RenderParameterVersion',
  ]);
  return gcpParameters({
    project: 'shop',
    parameter: 'orders',
    client: () => new ParameterManagerClient(options as never),
    ...more,
  });
}
