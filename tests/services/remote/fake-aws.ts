import { AppConfigData } from '@aws-sdk/client-appconfigdata';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SSM } from '@aws-sdk/client-ssm';
import {
  awsAppConfig,
  type AwsAppConfigOptions,
  awsParameters,
  type AwsParametersOptions,
  awsSecrets,
  type AwsSecretsOptions,
} from '../../../src/sources/remote/aws/index.js';
import type { Cloud, CloudKind, CloudReply, CloudRequest, CloudState } from '../../sources/remote/cloud-world.js';
import { dataOf } from '../../sources/remote/fake-kubernetes.js';

const SECRET_ACCESS_KEY = 'canary-secret-access-key-wJalrXUtnFEMI';

// It would write to the standard error that a later version will want a later Node.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const clientOptions = (port: number): object => ({
  region: 'eu-west-1',
  endpoint: `http://127.0.0.1:${String(port)}`,
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET_ACCESS_KEY },
  maxAttempts: 1,
});

export function failed(type: string, status = 400): CloudReply {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': type };
  return { status, headers, body: { __type: type, message: `hunter2 ${SECRET_ACCESS_KEY}` } };
}

function signed(answer: (request: CloudRequest, state: CloudState, cloud: Cloud) => CloudReply): CloudKind['reply'] {
  return (request, state, cloud) => {
    const isSigned = String(request.headers.authorization).startsWith('AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/');
    return isSigned ? answer(request, state, cloud) : failed('MissingAuthenticationTokenException');
  };
}

/** Parameter Store: JSON 1.1, two parameters a page, and an empty page in between, as AWS may give. */
export const fakeParameters: CloudKind = {
  reply: signed(({ headers, body }, { document, version }) => {
    // What the SDK sends is JSON of this shape.
    const input = JSON.parse(body) as { Path: string; NextToken?: string; MaxResults: number; Names: string[] };
    const all = Object.entries(dataOf(document ?? {})).map(([key, Value]) => ({
      Name: `/orders/prod/${key.replaceAll('.', '/')}`,
      Type: key.includes('password') ? 'SecureString' : key.includes('list') ? 'StringList' : 'String',
      Value,
      Version: version,
    }));
    switch (headers['x-amz-target']) {
      case 'AmazonSSM.GetParametersByPath': {
        if (input.MaxResults > 10) return failed('ValidationException');
        const from = Number(input.NextToken ?? 0);
        if (from % 2 === 1) return { body: { Parameters: [], NextToken: String(from + 1) } };
        const more = from + 2 < all.length * 2 ? { NextToken: String(from + 1) } : {};
        return { body: { Parameters: all.slice(from / 2, from / 2 + 1), ...more } };
      }
      case 'AmazonSSM.GetParameters': {
        const found = all.filter(({ Name }) => input.Names.includes(Name));
        return { body: { Parameters: found, InvalidParameters: input.Names.slice(found.length) } };
      }
      default:
        return failed('UnknownOperationException');
    }
  }),
  source: (port) => parametersOn(port, { plain: true }),
};

export function parametersOn(port: number, more: Partial<AwsParametersOptions> = {}): ReturnType<typeof awsParameters> {
  return awsParameters({ path: '/orders/prod', client: () => new SSM(clientOptions(port)), ...more });
}

/** A client that tries twice, as the SDK does at least by itself. */
export function patientClient(port: number): SSM {
  return new SSM({ ...clientOptions(port), maxAttempts: 2 });
}

/** Secrets Manager: the version ids are UUIDs. */
export const fakeSecrets: CloudKind = {
  reply: signed(({ headers, body }, { document, version }) => {
    if (headers['x-amz-target'] !== 'secretsmanager.GetSecretValue') return failed('UnknownOperationException');
    // What the SDK sends is JSON of this shape.
    const { SecretId, VersionStage } = JSON.parse(body) as { SecretId: string; VersionStage: string };
    if (SecretId !== 'prod/orders' || VersionStage !== 'AWSCURRENT' || document === undefined) {
      return failed('ResourceNotFoundException');
    }
    return {
      body: {
        ARN: 'arn:aws:secretsmanager:eu-west-1:1:secret:prod/orders-AbCdEf',
        Name: 'prod/orders',
        VersionId: `00000000-0000-4000-8000-${String(version).padStart(12, '0')}`,
        SecretString: JSON.stringify(document),
        VersionStages: ['AWSCURRENT'],
        CreatedDate: 1_764_000_000,
      },
    };
  }),
  source: (port) => secretOn(port, { plain: true }),
};

export function secretOn(port: number, more: Partial<AwsSecretsOptions> = {}): ReturnType<typeof awsSecrets> {
  return awsSecrets({ secret: 'prod/orders', client: () => new SecretsManager(clientOptions(port)), ...more });
}

/** AppConfig: tokens are for one question, and what is known is not sent again. */
export class FakeAppConfig implements CloudKind {
  public interval = 0;
  public type = 'application/json';
  readonly #tokens = new Map<string, number>();
  #given = 0;

  public readonly reply = signed(({ method, path, query }, state) => {
    if (method === 'POST' && path === '/configurationsessions') {
      return { status: 201, body: { InitialConfigurationToken: this.#token(0) } };
    }
    const token = query.get('configuration_token') ?? '';
    const known = this.#tokens.get(token);
    if (path !== '/configuration' || known === undefined) return failed('BadRequestException');
    this.#tokens.delete(token);
    const { document, version } = state;
    if (document === undefined) return failed('ResourceNotFoundException', 404);
    const headers = {
      'next-poll-configuration-token': this.#token(version),
      'next-poll-interval-in-seconds': String(this.interval),
      'content-type': this.type,
      ...(known !== version && { 'version-label': `v${String(version)}` }),
    };
    return { headers, body: known === version ? '' : JSON.stringify(document) };
  });

  public readonly source: CloudKind['source'] = (port) => appConfigOn(port);

  /** All tokens have become too old. */
  public expire(): void {
    this.#tokens.clear();
  }

  #token(known: number): string {
    const token = `canary-token-${String(++this.#given)}`;
    this.#tokens.set(token, known);
    return token;
  }
}

export function appConfigOn(port: number, more: Partial<AwsAppConfigOptions> = {}): ReturnType<typeof awsAppConfig> {
  return awsAppConfig({
    application: 'orders',
    environment: 'prod',
    profile: 'settings',
    client: () => new AppConfigData(clientOptions(port)),
    ...more,
  });
}
