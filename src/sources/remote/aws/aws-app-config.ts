import { createHash } from 'node:crypto';
import { type Clock, type ConfigSource, option, type OptionKinds, readOptions } from '../../../core/index.js';
import { clientError } from '../../../http/index.js';
import {
  CLOUD_OPTIONS,
  type CloudAnswer,
  cloudSource,
  type CloudSourceOptions,
  extensionOfType,
  nothingThere,
  sourceFailed,
  storedDocument,
} from '../cloud/index.js';
import { SharedWork } from '../shared-work.js';
import type { AwsAppConfigDataClient } from './aws-clients.js';
import { awsClient, awsConnection, type AwsConnectionOptions, awsFailure } from './aws-connection.js';

/** What {@link awsAppConfig} takes. */
export interface AwsAppConfigOptions extends CloudSourceOptions, AwsConnectionOptions<AwsAppConfigDataClient> {
  /** The name or the id of the application. */
  readonly application: string;
  /** The name or the id of the environment. */
  readonly environment: string;
  /** The name or the id of the configuration profile. */
  readonly profile: string;
}

const OPTIONS = {
  ...CLOUD_OPTIONS,
  ...awsConnection('AppConfigData', 'getLatestConfiguration'),
  application: option.required(option.name),
  environment: option.required(option.name),
  profile: option.required(option.name),
} satisfies OptionKinds<AwsAppConfigOptions>;

/** What AWS takes for the shortest poll interval, in seconds. */
const [LEAST, MOST] = [15, 86_400];

interface Session {
  token: string;
  /** When it may be asked again, monotonic. */
  from: number;
}

/**
 * A configuration profile of AWS AppConfig: a document of JSON, YAML or TOML, which AWS deploys as a whole. It is asked when AWS
 * says, and not before: `poll` is only the wish for how often. An answer without content means that nothing has changed.
 * Needs `appconfig:StartConfigurationSession` and `appconfig:GetLatestConfiguration`; each question has a price. Subpath:
 * `uno-config/sources/aws`; needs the package `@aws-sdk/client-appconfigdata`.
 *
 * @throws TypeError naming an option that cannot be used.
 * @throws ConfigError when it is read: `source-unreachable`, `source-refused`, `source-not-found`, `source-failed` for
 *   content of another type, the errors of the formats of documents, `driver-not-installed`.
 * @example
 * ```ts
 * const source = awsAppConfig({ application: 'orders', environment: 'prod', profile: 'settings' });
 * ```
 */
export function awsAppConfig(options: AwsAppConfigOptions): ConfigSource {
  const read = readOptions<AwsAppConfigOptions, typeof OPTIONS>('awsAppConfig', options, OPTIONS);
  const { application, environment, profile, poll } = read;
  const lazy = awsClient<AwsAppConfigDataClient>(options, {
    name: 'AppConfigData',
    from: '@aws-sdk/client-appconfigdata',
  });
  const session = {
    ApplicationIdentifier: application,
    EnvironmentIdentifier: environment,
    ConfigurationProfileIdentifier: profile,
    RequiredMinimumPollIntervalInSeconds: Math.min(MOST, Math.max(LEAST, Math.floor(poll / 1_000))),
  };
  const readProfile = profileReader(async () => lazy.get(), session);
  return cloudSource(read, {
    name: `aws appconfig ${application}/${environment}/${profile}`,
    read: async ({ source, signal, clock }) => readProfile(source, signal, clock),
    failure: awsFailure(
      'appconfig:StartConfigurationSession and appconfig:GetLatestConfiguration on the configuration',
      [BAD_REQUEST],
    ),
    close: async () => lazy.close(),
  });
}

const BAD_REQUEST = 'BadRequestException';

type Profile = Awaited<ReturnType<AwsAppConfigDataClient['getLatestConfiguration']>>;

function profileReader(
  clientOf: () => Promise<AwsAppConfigDataClient>,
  start: Parameters<AwsAppConfigDataClient['startConfigurationSession']>[0],
): (source: string, signal: AbortSignal, clock: Clock) => Promise<CloudAnswer> {
  let session: Session | undefined;
  let last: CloudAnswer | undefined;
  const asking = new SharedWork<CloudAnswer>();

  async function ask(source: string, signal: AbortSignal, clock: Clock): Promise<CloudAnswer> {
    const client = await clientOf();
    const isNew = session === undefined;
    const { token } = session ?? (await begin(client, signal));
    const answer = await client
      .getLatestConfiguration({ ConfigurationToken: token }, { abortSignal: signal })
      .catch((error: unknown) => {
        const isTokenBad = clientError(error).words.includes(BAD_REQUEST);
        // It is a day old, or was used by a question whose answer was lost.
        if (isTokenBad) session = undefined;
        if (isTokenBad && !isNew) return undefined;
        throw error;
      });
    if (answer === undefined) return ask(source, signal, clock);
    const { NextPollConfigurationToken: next, NextPollIntervalInSeconds: seconds = LEAST } = answer;
    session = next === undefined ? undefined : { token: next, from: clock.monotonic() + seconds * 1_000 };
    const { Configuration: content } = answer;
    if (content === undefined || content === null || content.length === 0) {
      if (last !== undefined) return { ...last, next: seconds * 1_000 };
      // Content may come back later, and would be taken for unchanged.
      session = undefined;
      throw nothingThere(source, 'the profile has no content');
    }
    last = await parsed(source, Buffer.from(content), answer).catch((error: unknown) => {
      // What could not be read has to come again.
      session = undefined;
      throw error;
    });
    return { ...last, next: seconds * 1_000 };
  }

  async function begin(client: AwsAppConfigDataClient, signal: AbortSignal): Promise<Session> {
    const { InitialConfigurationToken: token = '' } = await client.startConfigurationSession(start, {
      abortSignal: signal,
    });
    return (session = { token, from: 0 });
  }

  // A token is for one question: two reads at once share an answer.
  return async (source, signal, clock) => {
    const wait = (session?.from ?? 0) - clock.monotonic();
    // Whoever asks too early is refused.
    if (last !== undefined && !asking.isUnderWay && wait > 0) return { ...last, next: wait };
    return asking.join(signal, async (ended) => ask(source, ended, clock));
  };
}

async function parsed(
  source: string,
  bytes: Buffer,
  { ContentType: type, VersionLabel: label }: Profile,
): Promise<CloudAnswer> {
  const extension = extensionOfType(type);
  if (extension === undefined) {
    const message = `${source} holds content of a type that is no document of settings.`;
    throw sourceFailed(message, 'Give the profile the content type application/json or application/x-yaml.');
  }
  const revision = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const text = bytes.toString('utf8');
  const version = label === undefined || label === '' ? revision : label;
  return { values: [await storedDocument({ name: source, text, extension, version, isSecret: false })], revision };
}
