/** What every call is given besides its input. */
export interface AwsCallOptions {
  readonly abortSignal?: AbortSignal;
}

/** A parameter of Parameter Store. */
export interface AwsParameter {
  readonly Name?: string | undefined;
  readonly Type?: string | undefined;
  readonly Value?: string | undefined;
  readonly Version?: number | undefined;
}

/** The calls of `SSM` of `@aws-sdk/client-ssm` that are made. */
export interface AwsSsmClient {
  getParametersByPath(
    input: { Path: string; Recursive: boolean; WithDecryption: boolean; MaxResults: number; NextToken?: string },
    options?: AwsCallOptions,
  ): Promise<{ readonly Parameters?: readonly AwsParameter[] | undefined; readonly NextToken?: string | undefined }>;
  getParameters(
    input: { Names: string[] },
    options?: AwsCallOptions,
  ): Promise<{ readonly Parameters?: readonly AwsParameter[] | undefined }>;
  destroy?(): void;
}

/** The calls of `SecretsManager` of `@aws-sdk/client-secrets-manager` that are made. */
export interface AwsSecretsManagerClient {
  getSecretValue(
    input: { SecretId: string; VersionId?: string; VersionStage?: string },
    options?: AwsCallOptions,
  ): Promise<{
    readonly SecretString?: string | undefined;
    readonly SecretBinary?: Uint8Array | undefined;
    readonly VersionId?: string | undefined;
    readonly CreatedDate?: Date | undefined;
  }>;
  destroy?(): void;
}

/** The calls of `AppConfigData` of `@aws-sdk/client-appconfigdata` that are made. */
export interface AwsAppConfigDataClient {
  startConfigurationSession(
    input: {
      ApplicationIdentifier: string;
      EnvironmentIdentifier: string;
      ConfigurationProfileIdentifier: string;
      RequiredMinimumPollIntervalInSeconds: number;
    },
    options?: AwsCallOptions,
  ): Promise<{ readonly InitialConfigurationToken?: string | undefined }>;
  getLatestConfiguration(
    input: { ConfigurationToken: string },
    options?: AwsCallOptions,
  ): Promise<{
    readonly Configuration?: Uint8Array | null | undefined;
    readonly ContentType?: string | undefined;
    readonly VersionLabel?: string | undefined;
    readonly NextPollConfigurationToken?: string | undefined;
    readonly NextPollIntervalInSeconds?: number | undefined;
  }>;
  destroy?(): void;
}
