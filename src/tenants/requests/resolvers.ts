import { kindOfThrown, mustBe, option, readOptions, type OptionKinds } from '../../core/index.js';
import { foldIdentifier } from '../tenant.js';
import { namesTwo, tokenRefused } from '../tenant-errors.js';
import type { HttpRequest, TenantAnswer, TenantResolver } from './tenant-resolver.js';

/** Whether a resolver is to be trusted. */
export interface TrustOptions {
  /**
   * True when a gateway sets what is read here, so that no client can choose it. False by default: then it only confirms
   * another resolver's answer, and alone it is refused.
   */
  readonly trusted?: boolean;
}

/** What {@link subdomain} takes. */
export interface SubdomainOptions extends TrustOptions {
  /** The domain below which tenants have their names: `example.org` for `acme.example.org`. */
  readonly of: string;
}

/** What {@link jwtClaim} takes. */
export interface JwtClaimOptions {
  /** Verifies a token and gives its claims, or rejects: `(token) => jwtVerify(token, key, { issuer })` of `jose`. */
  readonly verify: (token: string) => Promise<{ readonly payload: Readonly<Record<string, unknown>> }>;
}

const TRUST = { trusted: option.or(option.flag, false) } satisfies OptionKinds<TrustOptions>;

/**
 * The tenant that the code runs for already. Trusted. Subpath: `uno-config/tenants`.
 *
 * @example
 * ```ts
 * const resolver = firstOf(asyncContext(tenants), header('x-tenant', { trusted: true }));
 * ```
 */
export function asyncContext(tenants: {
  readonly isSet: boolean;
  current(): { readonly identifier: string };
}): TenantResolver<unknown> {
  return resolver('async context', true, () => (tenants.isSet ? tenants.current().identifier : undefined));
}

/**
 * The tenant that a header names. Subpath: `uno-config/tenants`.
 *
 * @throws TypeError naming an option that cannot be used.
 * @example
 * ```ts
 * const resolver = header('x-tenant', { trusted: true });
 * ```
 */
export function header(name: string, options: TrustOptions = {}): TenantResolver {
  option.name.read(name, 'header: name');
  const { trusted } = readOptions('header', options, TRUST);
  return resolver(`header ${name.toLowerCase()}`, trusted, (request) => headerOf(request, name));
}

/**
 * The tenant whose name precedes a domain: `acme.example.org`. Subpath: `uno-config/tenants`.
 *
 * @throws TypeError naming an option that cannot be used.
 * @example
 * ```ts
 * const resolver = firstOf(subdomain({ of: 'example.org', trusted: true }));
 * ```
 */
export function subdomain(options: SubdomainOptions): TenantResolver {
  const kinds = { ...TRUST, of: option.required(option.name) } satisfies OptionKinds<SubdomainOptions>;
  const { of: domain, trusted } = readOptions('subdomain', options, kinds);
  const ending = `.${domain.toLowerCase()}`;
  return resolver('subdomain', trusted, (request) => {
    const host = (headerOf(request, 'host') ?? headerOf(request, ':authority') ?? '').toLowerCase();
    const name = host.replace(/:\d+$/, '').replace(/\.$/, '');
    return name.endsWith(ending) ? name.slice(0, -ending.length) : undefined;
  });
}

/**
 * The tenant that a segment of the path names, counted from 0: `/acme/orders`. Subpath: `uno-config/tenants`.
 *
 * @throws TypeError naming an option that cannot be used.
 * @example
 * ```ts
 * const resolver = pathSegment(0, { trusted: true });
 * ```
 */
export function pathSegment(index = 0, options: TrustOptions = {}): TenantResolver {
  option.count(0).read(index, 'pathSegment: index');
  const { trusted } = readOptions('pathSegment', options, TRUST);
  return resolver(`path segment ${String(index)}`, trusted, ({ originalUrl, url = '' }) => {
    const [path = ''] = (originalUrl ?? url).split(/[?#]/, 1);
    const segment = path.split('/').slice(1)[index];
    return segment === undefined || segment === '' ? undefined : decoded(segment);
  });
}

/**
 * The tenant that a claim of the bearer token names. Trusted, because `verify` has verified it; a request without a token
 * gives no answer here, and one with a token that is not verified is refused. Subpath: `uno-config/tenants`.
 *
 * @throws TypeError naming an option that cannot be used.
 * @throws ConfigError `tenant-token-refused` when it resolves.
 * @example
 * ```ts
 * import { jwtVerify } from 'jose';
 *
 * function tenantOf(key: Uint8Array): TenantResolver {
 *   return jwtClaim('tenant', { verify: (token) => jwtVerify(token, key, { issuer: 'https://id.example.org' }) });
 * }
 * ```
 */
export function jwtClaim(claim: string, options: JwtClaimOptions): TenantResolver {
  option.name.read(claim, 'jwtClaim: claim');
  const kinds = { verify: option.required(option.callback) } satisfies OptionKinds<JwtClaimOptions>;
  const { verify } = readOptions('jwtClaim', options, kinds);
  return resolver(`claim ${claim}`, true, async (request) => {
    const [, token] = /^Bearer ([\w~+/.=-]+)$/i.exec(headerOf(request, 'authorization') ?? '') ?? [];
    if (token === undefined) return undefined;
    let payload: Readonly<Record<string, unknown>>;
    try {
      ({ payload } = await verify(token));
    } catch (error) {
      throw tokenRefused(`the verification ended with ${kindOfThrown(error)}`);
    }
    const said = Object.hasOwn(payload, claim) ? payload[claim] : undefined;
    if (said === undefined || typeof said === 'string') return said;
    throw tokenRefused(`its claim "${claim}" is no string`);
  });
}

/**
 * Resolvers in order of precedence: the first answer wins. All are called: two that name different tenants are refused, and
 * a trusted one makes the same answer of others trusted. Subpath: `uno-config/tenants`.
 *
 * @throws TypeError without any resolver.
 * @throws ConfigError `tenant-conflict` when it resolves.
 * @example
 * ```ts
 * const resolver = firstOf(header('x-tenant', { trusted: true }), subdomain({ of: 'example.org' }));
 * ```
 */
export function firstOf<Request>(...resolvers: readonly TenantResolver<Request>[]): TenantResolver<Request> {
  if (resolvers.length === 0) throw mustBe('firstOf: resolvers', 'at least one', 'nothing');
  return Object.freeze({
    name: resolvers.map(({ name }) => name).join(', '),
    resolve: async (request: Request) => {
      const answers: TenantAnswer[] = [];
      for (const each of resolvers) {
        const answer = await each.resolve(request);
        if (answer !== undefined) answers.push(answer);
      }
      const [first] = answers;
      if (first === undefined) return undefined;
      const other = answers.find(({ identifier }) => !isSame(identifier, first.identifier));
      if (other !== undefined) throw namesTwo(first, other);
      return answers.find(({ trusted }) => trusted) ?? first;
    },
  });
}

function isSame(one: string, other: string): boolean {
  return foldIdentifier(one) === foldIdentifier(other);
}

function resolver<Request = HttpRequest>(
  name: string,
  trusted: boolean,
  read: (request: Request) => string | undefined | Promise<string | undefined>,
): TenantResolver<Request> {
  return Object.freeze({
    name,
    resolve: async (request: Request) => {
      const identifier = await read(request);
      return identifier === undefined ? undefined : { identifier, by: name, trusted };
    },
  });
}

function headerOf({ headers }: HttpRequest, name: string): string | undefined {
  const value = Object.hasOwn(headers, name.toLowerCase()) ? headers[name.toLowerCase()] : undefined;
  // Sent twice it is no name of a tenant, and refused as such.
  return typeof value === 'string' || value === undefined ? value : value.join(', ');
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // No name of a tenant in any case.
    return segment;
  }
}
