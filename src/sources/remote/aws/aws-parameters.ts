import { createHash } from 'node:crypto';
import { type ConfigSource, option, type OptionKinds, readOptions } from '../../../core/index.js';
import {
  checkedKeys,
  cloudSource,
  documentExtension,
  nothingThere,
  SECRET_STORE_OPTIONS,
  type SecretStoreOptions,
  settled,
  storedDocument,
  type StoredValue,
} from '../cloud/index.js';
import type { AwsParameter, AwsSsmClient } from './aws-clients.js';
import { awsClient, awsConnection, type AwsConnectionOptions, awsFailure } from './aws-connection.js';

/** What {@link awsParameters} takes. */
export interface AwsParametersOptions extends SecretStoreOptions, AwsConnectionOptions<AwsSsmClient> {
  /** Parameters below it are read, at any depth: `/orders/prod`. */
  readonly path: string;
  /**
   * A parameter that is written last with every change. Then nothing is read while it is the same, and no part of a change is
   * taken. Default: none; changes of several parameters may be seen one by one.
   */
  readonly sentinel?: string;
}

const PATH = option.kind(
  'the path of parameters, such as /orders/prod',
  (value) => typeof value === 'string' && /^(?:\/[\w.-]+)+\/?$/.test(value),
);

const OPTIONS = {
  ...SECRET_STORE_OPTIONS,
  ...awsConnection('SSM', 'getParametersByPath'),
  path: option.required(PATH),
  sentinel: PATH,
} satisfies OptionKinds<AwsParametersOptions>;

/** AWS gives no more at once. */
const PAGE = 10;
/** 10,000 parameters are what an account has by default. */
const MOST_PAGES = 2_000;

interface Parameters {
  readonly found: readonly AwsParameter[];
  readonly revision: string;
}

/**
 * Parameters below a path of AWS Systems Manager Parameter Store: `/orders/prod/database/host` is `database.host` under
 * `/orders/prod`. A `SecureString` is a secret, a `StringList` an array, and a name that ends as a file (`…/app.json`) a
 * document. Parameter Store cannot give all parameters of one moment: they are read until two reads agree, unless there is a
 * `sentinel`. Needs `ssm:GetParametersByPath`, `kms:Decrypt` for keys of your own, and `ssm:GetParameters` for a sentinel.
 * Subpath: `uno-config/sources/aws`; needs the package `@aws-sdk/client-ssm`.
 *
 * @throws TypeError naming an option that cannot be used.
 * @throws ConfigError when it is read: `source-unreachable`, `source-refused`, `source-not-found` where there are no
 *   parameters, `source-failed`, `conflicting-keys`, `driver-not-installed`.
 * @example
 * ```ts
 * const source = awsParameters({ path: '/orders/prod', region: 'eu-west-1', poll: '5m' });
 * ```
 */
export function awsParameters(options: AwsParametersOptions): ConfigSource {
  const read = readOptions<AwsParametersOptions, typeof OPTIONS>('awsParameters', options, OPTIONS);
  const { sentinel } = read;
  const path = read.path.replace(/\/$/, '');
  const lazy = awsClient<AwsSsmClient>(options, { name: 'SSM', from: '@aws-sdk/client-ssm' });
  return cloudSource(read, {
    name: `aws parameters ${path}`,
    read: async ({ source, signal, known }) => {
      const client = await lazy.get();
      const answer = await settled<Parameters>({
        source,
        known,
        read: async () => allBelow(client, path, signal),
        mark: sentinel === undefined ? undefined : async () => versionOf(client, { source, name: sentinel, signal }),
      });
      if (answer === 'unchanged') return answer;
      const found = answer.found.filter(({ Name: name }) => name !== sentinel);
      return {
        values: await Promise.all(found.map(async (parameter) => valueOf(source, path, parameter))),
        revision: answer.revision,
      };
    },
    failure: awsFailure(
      `ssm:GetParametersByPath${sentinel === undefined ? '' : ' and ssm:GetParameters'} on the parameters of ${path}, and kms:Decrypt on the key of its SecureStrings,`,
    ),
    close: async () => lazy.close(),
  });
}

async function allBelow(client: AwsSsmClient, path: string, signal: AbortSignal): Promise<Parameters> {
  const found: AwsParameter[] = [];
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { Parameters: some = [], NextToken: next } = await client.getParametersByPath(
      {
        ...{ Path: path, Recursive: true, WithDecryption: true, MaxResults: PAGE },
        ...(token !== undefined && { NextToken: token }),
      },
      { abortSignal: signal },
    );
    // A page may be empty though others follow.
    found.push(...some);
    if (next === undefined || next === '' || next === token) break;
    token = next;
  }
  const versions = found.map(({ Name: name, Version: version }) => `${String(name)}:${String(version)}`).sort();
  const revision = createHash('sha256').update(JSON.stringify(versions)).digest('hex').slice(0, 12);
  return { found, revision };
}

async function versionOf(
  client: AwsSsmClient,
  { source, name, signal }: { readonly source: string; readonly name: string; readonly signal: AbortSignal },
): Promise<number> {
  const { Parameters: [sentinel] = [] } = await client.getParameters({ Names: [name] }, { abortSignal: signal });
  // What is not there is no error for AWS.
  if (sentinel?.Version === undefined) throw nothingThere(source, `there is no parameter ${name}, the sentinel`);
  return sentinel.Version;
}

async function valueOf(
  source: string,
  path: string,
  { Name: name = '', Type: type, Value: text = '', Version: number }: AwsParameter,
): Promise<StoredValue> {
  const version = number === undefined ? undefined : String(number);
  const isSecret = type === 'SecureString';
  const keys = checkedKeys(name, name.slice(path.length).replace(/^\//, '').split('/'));
  const extension = documentExtension(name);
  if (extension !== undefined) {
    const document = await storedDocument({ name: `${source} ${name}`, key: name, text, extension, version, isSecret });
    return { ...document, path: keys.slice(0, -1) };
  }
  return { path: keys, value: type === 'StringList' ? text.split(',') : text, key: name, version, isSecret };
}
