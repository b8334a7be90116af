import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { IsString } from 'class-validator';
import { jwtVerify, SignJWT } from 'jose';
import { monitorIdentifier } from '../../src/container/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import {
  asyncContext,
  firstOf,
  header,
  jwtClaim,
  pathSegment,
  resolveTenant,
  subdomain,
  tenantRequests,
  type HttpRequest,
  type TenantResolver,
} from '../../src/tenants/index.js';
import { caught } from '../sources/caught.js';
import { TenantWorld } from './tenant-world.js';

@ConfigSection('brand')
class BrandSettings {
  @IsString() name: string = 'base';
}

const key = new TextEncoder().encode('a key of a test that is long enough');
const claim = jwtClaim('tenant', { verify: async (token) => jwtVerify(token, key, { issuer: 'us' }) });

async function tokenFor(payload: Readonly<Record<string, unknown>>, issuer = 'us'): Promise<string> {
  const token = new SignJWT({ ...payload }).setProtectedHeader({ alg: 'HS256' }).setIssuer(issuer);
  return `Bearer ${await token.setExpirationTime('1h').sign(key)}`;
}

const request = (headers: HttpRequest['headers'], url = '/'): HttpRequest => ({ headers, url });

const DOCUMENTS = {
  acme: { $tenant: { identifier: 'acme-shop' }, brand: { name: 'Acme' } },
  beta: { brand: { name: 'Beta' } },
  broken: { brand: { name: 5 } },
  paused: { $tenant: { state: 'paused' } },
};

describe('a resolver', () => {
  it.each<readonly [string, TenantResolver, HttpRequest, string | undefined]>([
    ['header', header('X-Tenant'), request({ 'x-tenant': 'acme' }), 'acme'],
    ['header that is not there', header('X-Tenant'), request({}), undefined],
    ['header that is sent twice', header('x-tenant'), request({ 'x-tenant': ['a', 'b'] }), 'a, b'],
    ['header of prototypes', header('constructor'), request({}), undefined],
    ['subdomain', subdomain({ of: 'example.org' }), request({ host: 'ACME.Example.org:8080' }), 'acme'],
    ['subdomain of another domain', subdomain({ of: 'example.org' }), request({ host: 'acme.evil.org' }), undefined],
    ['subdomain that only ends so', subdomain({ of: 'example.org' }), request({ host: 'badexample.org' }), undefined],
    ['the domain itself', subdomain({ of: 'example.org' }), request({ host: 'example.org' }), undefined],
    ['path', pathSegment(), request({}, '/acme/orders?x=/beta'), 'acme'],
    ['path further on', pathSegment(1), request({}, '/t/a%63me'), 'acme'],
    ['path that is too short', pathSegment(1), request({}, '/t'), undefined],
    ['path that is spelled wrongly', pathSegment(), request({}, '/%ZZ'), '%ZZ'],
  ])('reads the %s', async (_, resolver, from, identifier) => {
    expect((await resolver.resolve(from))?.identifier).toBe(identifier);
  });

  it('of a claim takes the token that is verified, and no other one', async () => {
    expect(await claim.resolve(request({ authorization: await tokenFor({ tenant: 'acme' }) }))).toEqual({
      identifier: 'acme',
      by: 'claim tenant',
      trusted: true,
    });
    expect(await claim.resolve(request({}))).toBeUndefined();
    expect(await claim.resolve(request({ authorization: await tokenFor({}) }))).toBeUndefined();
    const forged = await tokenFor({ tenant: 'acme' }, 'them');
    const error = await caught(async () => claim.resolve(request({ authorization: forged })));
    expect([error.code, error.message.includes(forged)]).toEqual(['tenant-token-refused', false]);
    const odd = await tokenFor({ tenant: ['acme'] });
    expect((await caught(async () => claim.resolve(request({ authorization: odd })))).message).toContain(
      'its claim "tenant" is no string',
    );
  });
});

describe('a request', () => {
  it('needs at least one resolver', () => {
    expect(() => firstOf()).toThrow(new TypeError('firstOf: resolvers must be at least one; got nothing.'));
  });

  it('is of the tenant that a trusted resolver names, which others may confirm', async () => {
    await using world = await TenantWorld.of([BrandSettings], {}, DOCUMENTS);
    const resolver = firstOf(claim, header('x-tenant'), subdomain({ of: 'example.org' }));
    const authorization = await tokenFor({ tenant: 'acme-shop' });
    const found = await resolveTenant(
      world.tenants,
      resolver,
      request({ authorization, 'x-tenant': 'Acme-Shop', host: 'acme-shop.example.org' }),
    );
    expect([found.tenant.id, found.by]).toEqual(['acme', 'claim tenant']);
  });

  it('that names two is refused, whoever names them', async () => {
    await using world = await TenantWorld.of([BrandSettings], {}, DOCUMENTS);
    const authorization = await tokenFor({ tenant: 'acme-shop' });
    const error = await caught(async () =>
      resolveTenant(world.tenants, firstOf(claim, header('x-tenant')), request({ authorization, 'x-tenant': 'beta' })),
    );
    expect(error.message).toContain(
      'A request names two tenants: "acme-shop" in its claim tenant, "beta" in its header x-tenant.',
    );
  });

  it('that only names what its sender can choose is refused, unless that is trusted', async () => {
    await using world = await TenantWorld.of([BrandSettings], {}, DOCUMENTS);
    const from = request({ 'x-tenant': 'beta' });
    const error = await caught(async () => resolveTenant(world.tenants, firstOf(claim, header('x-tenant')), from));
    expect(error.code).toBe('tenant-untrusted');
    const trusting = header('x-tenant', { trusted: true });
    expect((await resolveTenant(world.tenants, trusting, from)).tenant.id).toBe('beta');
    expect(await caught(async () => resolveTenant(world.tenants, trusting, request({})))).toMatchObject({
      code: 'tenant-not-named',
    });
  });

  it('within a tenant is of that one', async () => {
    await using world = await TenantWorld.of([BrandSettings], {}, DOCUMENTS);
    const { tenants } = world;
    await tenants.ready('acme');
    const resolver = firstOf<HttpRequest>(asyncContext(tenants), header('x-tenant', { trusted: true }));
    const found = await tenants.run('acme', async () => resolveTenant(tenants, resolver, request({})));
    expect(found.tenant.id).toBe('acme');
    expect((await resolveTenant(tenants, resolver, request({ 'x-tenant': 'beta' }))).tenant.id).toBe('beta');
  });
});

describe('tenantRequests without a resolver', () => {
  it('is refused when the server is built, not at its first request', () => {
    expect(() => tenantRequests(undefined as never, undefined as never)).toThrow(
      new TypeError('tenantRequests: resolver must be a resolver, such as jwtClaim(…) or firstOf(…); got nothing.'),
    );
  });
});

describe('a plain server', () => {
  const servers: Server[] = [];

  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function serve(
    world: TenantWorld,
  ): Promise<(headers: Record<string, string>, path?: string) => Promise<unknown>> {
    const { tenants, container } = world;
    const live = container.get(monitorIdentifier(BrandSettings));
    const enter = tenantRequests(tenants, header('x-tenant', { trusted: true }), {
      without: ({ url }) => url === '/health',
    });
    const server = createServer((incoming, response) => {
      enter(incoming, response, (error) => {
        if (error !== undefined) {
          // Each has one.
          response.statusCode = Reflect.get(error, 'status') as number;
          response.end(error.message);
          return;
        }
        if (incoming.url === '/health') {
          response.end(String(tenants.isSet));
          return;
        }
        void (async () => {
          let length = 0;
          for await (const chunk of incoming) length += (chunk as Buffer).length;
          response.end(`${tenants.current().id} ${live.current.name} ${String(length)}`);
        })();
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // It listens on TCP.
    const { port } = server.address() as AddressInfo;
    return async (headers, path = '/') => {
      const answer = await fetch(`http://127.0.0.1:${String(port)}${path}`, {
        method: 'POST',
        headers,
        body: 'x'.repeat(100_000),
      });
      return [answer.status, await answer.text()];
    };
  }

  it('runs each request for its tenant, side by side, with its body', async () => {
    await using world = await TenantWorld.of([BrandSettings], {}, DOCUMENTS);
    const ask = await serve(world);
    const ids = Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? 'acme-shop' : 'beta'));
    const answers = await Promise.all(ids.map(async (id) => ask({ 'x-tenant': id })));
    expect(answers).toEqual(ids.map((id) => [200, id === 'beta' ? 'beta Beta 100000' : 'acme Acme 100000']));
  });

  it('answers what keeps a request from its tenant, and no more of it than a client need know', async () => {
    await using world = await TenantWorld.of([BrandSettings], {}, DOCUMENTS);
    const ask = await serve(world);
    expect(await ask({})).toEqual([400, 'The request names no tenant.']);
    expect(await ask({ 'x-tenant': '../acme' })).toEqual([404, 'There is no such tenant.']);
    expect(await ask({ 'x-tenant': 'broken' })).toEqual([503, 'The tenant cannot be served now.']);
    expect(await ask({ 'x-tenant': 'paused' })).toEqual([503, 'The tenant is not served now.']);
    expect(await ask({}, '/health')).toEqual([200, 'false']);
  });
});
