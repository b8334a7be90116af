import { ConfigError, option, type OptionKinds, readOptions } from '../../core/index.js';
import type { TenantContainers } from '../tenant-containers.js';
import { resolveTenant } from './resolve-tenant.js';
import type { HttpRequest, TenantResolver } from './tenant-resolver.js';

/** Goes on with a request, or ends it with an error. */
export type Next = (error?: Error) => void;

/** What {@link tenantRequests} takes. */
export interface TenantRequestsOptions<Request extends HttpRequest> {
  /** True for a request that belongs to no tenant, such as a health check: it goes on outside of any. */
  readonly without?: (request: Request) => boolean;
}

/** What each code answers to a client, who need not know more. */
const ANSWERS: Readonly<Record<string, readonly [number, string]>> = {
  'tenant-not-named': [400, 'The request names no tenant.'],
  'tenant-conflict': [400, 'The request names two tenants.'],
  'tenant-untrusted': [401, 'The request does not prove its tenant.'],
  'tenant-token-refused': [401, 'The token is not valid.'],
  'tenant-unknown': [404, 'There is no such tenant.'],
  'tenant-inactive': [503, 'The tenant is not served now.'],
  'tenant-quarantined': [503, 'The tenant cannot be served now.'],
};

/**
 * A request that is not served for its tenant. Its message is for the client; the `cause` has the details. Express and
 * Fastify answer with its `status`. Subpath: `uno-config/tenants`.
 *
 * @example
 * ```ts
 * function statusOf(error: unknown): number {
 *   return error instanceof TenantRequestError ? error.status : 500;
 * }
 * ```
 */
export class TenantRequestError extends Error {
  public override readonly name = 'TenantRequestError';
  /** Of HTTP: 400, 401, 404 or 503. */
  public readonly status: number;
  /** The same, as Fastify calls it. */
  public readonly statusCode: number;
  /** That of the `ConfigError` in its `cause`. */
  public readonly code: string;

  public constructor(cause: ConfigError, [status, message]: readonly [number, string]) {
    super(message, { cause });
    this.status = status;
    this.statusCode = status;
    this.code = cause.code;
  }
}

const RESOLVER = option.having('a resolver, such as jwtClaim(…) or firstOf(…)', 'resolve');

const OPTIONS = { without: option.callback } satisfies OptionKinds<TenantRequestsOptions<HttpRequest>>;

/**
 * Runs each request for its tenant: `app.use(tenantRequests(…))` of Express, `addHook('onRequest', tenantRequests(…))` of
 * Fastify; in a plain server call it with what is to come next. An error of the tenant goes there as a
 * {@link TenantRequestError}. Subpath: `uno-config/tenants`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 *
 * const enter = tenantRequests(tenants, header('x-tenant', { trusted: true }));
 * const server = createServer((request, response) =>
 *   enter(request, response, (error) => {
 *     if (error !== undefined) response.statusCode = error instanceof TenantRequestError ? error.status : 500;
 *     response.end(error?.message ?? `Hello ${tenants.current().identifier}`);
 *   }),
 * );
 * ```
 */
export function tenantRequests<Request extends HttpRequest>(
  tenants: TenantContainers,
  resolver: TenantResolver<Request>,
  options: TenantRequestsOptions<Request> = {},
): (request: Request, response: unknown, next: Next) => void {
  RESOLVER.read(resolver, 'tenantRequests: resolver');
  readOptions<TenantRequestsOptions<Request>, typeof OPTIONS>('tenantRequests', options, OPTIONS);
  const { without } = options;
  return (request, _, next) => {
    if (without?.(request) === true) {
      next();
      return;
    }
    void resolveTenant(tenants, resolver, request)
      .then(({ tenant }) =>
        tenants.run(tenant.id, () =>
          tenants.bind(() => {
            next();
          }),
        ),
      )
      .catch((error: unknown) => () => {
        next(answerTo(error));
      })
      // Outside of the promise: an error thrown there belongs to the next handler.
      .then((goOn) => setImmediate(goOn));
  };
}

function answerTo(error: unknown): Error {
  const answer = ConfigError.is(error) ? ANSWERS[error.code] : undefined;
  if (ConfigError.is(error) && answer !== undefined) return new TenantRequestError(error, answer);
  return error instanceof Error ? error : new Error('The tenant of a request could not be found out.');
}
