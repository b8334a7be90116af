import { option, type OptionKind } from '../../../core/index.js';
import { clientClass, type ClientPackage, cloudFailure, type FailureWords, sourceFailed } from '../cloud/index.js';
import { type ClientOption, LazyClient } from '../store/index.js';

/** How a client of AWS is had. */
export interface AwsConnectionOptions<C> {
  /**
   * A client of the SDK with a method for each call, which stays open; or a function that makes one, which is closed with the
   * source. Default: one of the installed SDK, with the credentials that it finds by itself.
   */
  readonly client?: ClientOption<C>;
  /** Instead of a client: the region. Default: that which the SDK finds. */
  readonly region?: string;
}

export function awsConnection(
  name: string,
  method: string,
): { client: OptionKind<unknown>; region: OptionKind<unknown> } {
  return {
    client: option.either(option.callback, option.having(`a client such as new ${name}({ region })`, method)),
    region: option.name,
  };
}

type Closable = object & { destroy?(): void };

export function awsClient<C extends Closable>(
  { client, region }: AwsConnectionOptions<C>,
  from: ClientPackage,
): LazyClient<C> {
  const make = async (): Promise<C> => {
    const Client = await clientClass<new (options: { region?: string }) => C>(from);
    return new Client(region === undefined ? {} : { region });
  };
  return new LazyClient<C>(client, make, (made) => made.destroy?.());
}

const AWS_WORDS: FailureWords = {
  denied: ['AccessDeniedException', 'AccessDenied'],
  credentials: [
    'CredentialsProviderError',
    'TokenProviderError',
    'ExpiredToken',
    'ExpiredTokenException',
    'IncompleteSignature',
    'InvalidClientTokenId',
    'InvalidSignatureException',
    'MissingAuthenticationTokenException',
    'UnrecognizedClientException',
  ],
  missing: ['ResourceNotFoundException', 'ParameterNotFound'],
  passing: [
    'DecryptionFailure',
    'InternalServerError',
    'InternalServerException',
    'InternalServiceError',
    'LimitExceededException',
    'RequestLimitExceeded',
    'ServiceUnavailable',
    'ServiceUnavailableException',
    'ThrottledException',
    'Throttling',
    'ThrottlingException',
    'TooManyRequestsException',
  ],
};

export function awsFailure(permission: string, passing: readonly string[] = []) {
  const words = { ...AWS_WORDS, passing: [...(AWS_WORDS.passing ?? []), ...passing] };
  return (source: string, error: unknown): unknown => {
    if (error instanceof Error && error.message === 'Region is missing') {
      const message = `${source} cannot be asked: no region is known.`;
      return sourceFailed(message, 'Give it with the option region, or in AWS_REGION.');
    }
    // Its client counts the attempts of a request, also of one that got no status.
    return cloudFailure({ source, error, words, permission, isUnanswered: '$metadata' in Object(error) });
  };
}
