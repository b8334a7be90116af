/** What resolvers read of a request: those of Node, Express and Fastify have it. */
export interface HttpRequest {
  /** Path and query, as the client sent them. */
  readonly url?: string | undefined;
  /** Of Express, where routers change `url`. */
  readonly originalUrl?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** The answer of a resolver. */
export interface TenantAnswer {
  /** The public name of the tenant. */
  readonly identifier: string;
  /** The resolver that gave the answer. */
  readonly by: string;
  /** Whether no client can choose it. */
  readonly trusted: boolean;
}

/**
 * Resolves the tenant of a request. Subpath: `uno-config/tenants`.
 *
 * @example
 * ```ts
 * const byQueue: TenantResolver<{ readonly queue: string }> = {
 *   name: 'queue',
 *   resolve: ({ queue }) => ({ identifier: queue.split('.')[0] ?? '', by: 'queue', trusted: true }),
 * };
 * ```
 */
export interface TenantResolver<Request = HttpRequest> {
  /** As errors call it. */
  readonly name: string;
  /** `undefined` for a request that does not name it here. */
  resolve(request: Request): TenantAnswer | undefined | Promise<TenantAnswer | undefined>;
}
