import { type ConfigSource, option, type OptionKinds, readOptions } from '../../../core/index.js';
import {
  cloudSource,
  nothingThere,
  SECRET_STORE_OPTIONS,
  type SecretStoreOptions,
  storedSecret,
} from '../cloud/index.js';
import type { AwsSecretsManagerClient } from './aws-clients.js';
import { awsClient, awsConnection, type AwsConnectionOptions, awsFailure } from './aws-connection.js';

/** What {@link awsSecrets} takes. */
export interface AwsSecretsOptions extends SecretStoreOptions, AwsConnectionOptions<AwsSecretsManagerClient> {
  /** The name or the ARN of one secret. */
  readonly secret: string;
  /** The stage whose version is read. Default: `AWSCURRENT`. */
  readonly stage?: string;
  /** Instead of a stage: the id of a version to stay with. */
  readonly version?: string;
}

const OPTIONS = {
  ...SECRET_STORE_OPTIONS,
  ...awsConnection('SecretsManager', 'getSecretValue'),
  secret: option.required(option.name),
  stage: option.or(option.name, 'AWSCURRENT'),
  version: option.name,
} satisfies OptionKinds<AwsSecretsOptions>;

/**
 * One secret of AWS Secrets Manager. A JSON object gives a setting for each key, as a rotated database credential is; any
 * other text is the setting at `at`. All values come from one version, so the user and the password of a rotation arrive
 * together. Needs `secretsmanager:GetSecretValue`, and `kms:Decrypt` for keys of your own. Subpath: `uno-config/sources/aws`;
 * needs the package `@aws-sdk/client-secrets-manager`.
 *
 * @throws TypeError naming an option that cannot be used.
 * @throws ConfigError when it is read: `source-unreachable`, `source-refused`, `source-not-found`, `source-failed`,
 *   `invalid-json`, `not-a-map` for a single value without `at`, `driver-not-installed`.
 * @example
 * ```ts
 * const source = awsSecrets({ secret: 'prod/orders/db', at: 'orders.db', plain: ['**.username', '**.host'] });
 * ```
 */
export function awsSecrets(options: AwsSecretsOptions): ConfigSource {
  const read = readOptions<AwsSecretsOptions, typeof OPTIONS>('awsSecrets', options, OPTIONS);
  const { secret, stage, version, at: place } = read;
  const lazy = awsClient<AwsSecretsManagerClient>(options, {
    name: 'SecretsManager',
    from: '@aws-sdk/client-secrets-manager',
  });
  return cloudSource(read, {
    name: `aws secret ${secret}`,
    read: async ({ source, signal, known }) => {
      const client = await lazy.get();
      const which = version === undefined ? { VersionStage: stage } : { VersionId: version };
      const answer = await client.getSecretValue({ SecretId: secret, ...which }, { abortSignal: signal });
      const { SecretString: text, SecretBinary: bytes, VersionId: id = '', CreatedDate: at } = answer;
      if (id !== '' && id === known) return 'unchanged';
      const content = text ?? (bytes === undefined ? undefined : `base64:${Buffer.from(bytes).toString('base64')}`);
      if (content === undefined) throw nothingThere(source, 'the secret has no value');
      const value = await storedSecret({ name: source, text: content, version: id, isPlaced: place !== undefined });
      return { values: [value], revision: id, at: at?.getTime() };
    },
    failure: awsFailure(`secretsmanager:GetSecretValue on ${secret}, and kms:Decrypt on its key,`),
    close: async () => lazy.close(),
  });
}
