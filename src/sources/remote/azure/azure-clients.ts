/** What every call is given besides its input. */
export interface AzureCallOptions {
  readonly abortSignal?: AbortSignal;
}

/** What proves who asks, such as `new DefaultAzureCredential()` of `@azure/identity`. */
export interface AzureCredential {
  // Of the types of the SDK that vary between its versions nothing is named.
  getToken(scopes: string | string[], options?: object): Promise<unknown>;
}

/** A key-value of App Configuration. */
export interface AzureSetting {
  readonly key: string;
  readonly value?: string | undefined;
  readonly label?: string | undefined;
  readonly contentType?: string | undefined;
  readonly etag?: string | undefined;
}

/** What comes in one answer. */
export interface AzureSettingPage {
  readonly items: readonly AzureSetting[];
  readonly etag?: string | undefined;
}

/** Settings that come in pages. */
export interface AzureSettingPages {
  byPage(): AsyncIterable<AzureSettingPage>;
}

/** The calls of `AppConfigurationClient` of `@azure/app-configuration` that are made. */
export interface AzureAppConfigurationClient {
  listConfigurationSettings(options: AzureCallOptions & { keyFilter: string; labelFilter: string }): AzureSettingPages;
  listConfigurationSettingsForSnapshot(snapshotName: string, options: AzureCallOptions): AzureSettingPages;
  getConfigurationSetting(
    id: { key: string; label?: string },
    options: AzureCallOptions,
  ): Promise<{ readonly etag?: string | undefined }>;
}

/** The calls of `SecretClient` of `@azure/keyvault-secrets` that are made. */
export interface AzureSecretClient {
  getSecret(
    secretName: string,
    options: AzureCallOptions & { version?: string },
  ): Promise<{
    readonly value?: string | undefined;
    readonly properties: { readonly version?: string | undefined; readonly contentType?: string | undefined };
  }>;
}
