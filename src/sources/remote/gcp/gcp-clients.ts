/** Bytes as a client of Google gives them: over REST in Base64. */
export type GcpBytes = Uint8Array | string | null;

/** The calls of `SecretManagerServiceClient` of `@google-cloud/secret-manager` that are made. */
export interface GcpSecretManagerClient {
  accessSecretVersion(request: { name: string }): Promise<
    [
      {
        readonly name?: string | null;
        readonly payload?: { readonly data?: GcpBytes; readonly dataCrc32c?: unknown } | null;
      },
      ...unknown[],
    ]
  >;
  initialize?(): Promise<unknown>;
  close?(): unknown;
}

/** A version of a parameter. */
export interface GcpParameterVersion {
  readonly name?: string | null;
  readonly createTime?: { readonly seconds?: unknown; readonly nanos?: number | null } | null;
  readonly disabled?: boolean | null;
}

/** The calls of `ParameterManagerClient` of `@google-cloud/parametermanager` that are made. */
export interface GcpParameterManagerClient {
  listParameterVersions(request: { parent: string }): Promise<[readonly GcpParameterVersion[], ...unknown[]]>;
  renderParameterVersion(request: { name: string }): Promise<
    [
      {
        readonly parameterVersion?: string | null;
        readonly payload?: { readonly data?: GcpBytes } | null;
        readonly renderedPayload?: GcpBytes;
      },
      ...unknown[],
    ]
  >;
  initialize?(): Promise<unknown>;
  close?(): unknown;
}
