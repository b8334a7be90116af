// Cases of errors about tenants; see error-cases.ts.
import { IsInt, IsString } from 'class-validator';
import { Container, inject, injectable } from 'inversify';
import {
  ConfigModule,
  ConfigPlugin,
  ConfigSection,
  monitorIdentifier,
  TenantScope,
  type ConfigSource,
} from '../../src/index.js';
import {
  defineTenants,
  firstOf,
  header,
  jwtClaim,
  resolveTenant,
  TenantContainers,
  type HttpRequest,
  type TenantResolver,
  type TenantsOptions,
} from '../../src/tenants/index.js';
import { tenantDatabaseWorld } from '../factories/databases/tenant-world.js';

@ConfigSection('search')
class SearchSettings {
  @TenantScope('system') @IsString() cluster: string = 'search-1';
  @IsInt() pageSize: number = 20;
  @IsString() note: string = '';
}

/** Documents as a folder would have them. */
function said(documents: Readonly<Record<string, object>>): ConfigSource {
  return { name: 'config/tenants', load: () => new Map(Object.entries(documents)) };
}

interface World {
  readonly container: Container;
  readonly tenants: TenantContainers;
}

async function within(
  documents: Readonly<Record<string, object>>,
  ask: (world: World) => unknown,
  options: Partial<TenantsOptions> & { readonly plugin?: boolean } = {},
): Promise<unknown> {
  const { plugin = true, ...others } = options;
  const container = new Container();
  if (plugin) container.register(ConfigPlugin);
  const tenants = defineTenants({ layers: said(documents), ...others });
  const sections = [SearchSettings];
  await container.loadAsync(ConfigModule.fromOptions({ sections, sources: [], env: {}, tenants }));
  try {
    return await ask({ container, tenants: container.get(TenantContainers) });
  } finally {
    await container.unbindAllAsync();
  }
}

@injectable()
class Ranking {
  constructor(@inject(SearchSettings) readonly settings: SearchSettings) {}
}

/** A request that names acme in its header, for resolvers. */
function resolving(
  resolver: TenantResolver,
  headers: HttpRequest['headers'] = { 'x-tenant': 'acme' },
): Promise<unknown> {
  return within({ acme: {} }, ({ tenants }) => resolveTenant(tenants, resolver, { headers }));
}

const claimOf = (tenant: string): TenantResolver =>
  jwtClaim('tenant', { verify: async () => Promise.resolve({ payload: { tenant } }) });

export const tenantErrorCases = {
  'tenant-not-named': () => resolving(firstOf(claimOf('acme'), header('x-tenant')), {}),
  'tenant-untrusted': () => resolving(header('x-tenant')),
  'tenant-conflict': () =>
    resolving(firstOf(claimOf('beta'), header('x-tenant')), {
      authorization: 'Bearer e30.e30.e30',
      'x-tenant': 'acme',
    }),
  'tenant-token-refused': () =>
    resolving(
      jwtClaim('tenant', { verify: async () => Promise.reject(new RangeError('"exp" claim timestamp check failed')) }),
      {
        authorization: 'Bearer e30.e30.e30',
      },
    ),
  'tenant-unknown': () => within({ acme: {} }, ({ tenants }) => tenants.ready('../acme')),
  'tenant-not-ready': () => within({ acme: {} }, ({ tenants }) => tenants.run('acme', () => 0)),
  'tenant-inactive': () => within({ acme: { $tenant: { state: 'paused' } } }, ({ tenants }) => tenants.ready('acme')),
  'tenant-quarantined': () =>
    within({ acme: { search: { pageSize: 'many' } } }, ({ tenants }) => tenants.ready('acme')),
  'tenant-not-set': () =>
    within({ acme: {} }, ({ container }) => container.get(monitorIdentifier(SearchSettings)).current),
  'tenant-mismatch': () =>
    within({ acme: {}, beta: {} }, async ({ tenants }) => {
      await tenants.ready('beta');
      const lease = await tenants.for('acme');
      const search = lease.container.get(monitorIdentifier(SearchSettings));
      return tenants.run('beta', () => search.current);
    }),
  'tenant-unreadable': () =>
    within({}, ({ tenants }) => tenants.ready('acme'), {
      layers: () => {
        throw new TypeError('password authentication failed for user orders');
      },
    }),
  'tenants-closed': async () => {
    let kept: TenantContainers | undefined;
    await within({ acme: {} }, ({ tenants }) => void (kept = tenants));
    return kept?.ready('acme');
  },
  'invalid-tenant': () => within({ acme: { $tenant: { sate: 'paused' } } }, ({ tenants }) => tenants.ready('acme')),
  'invalid-ceiling': () =>
    within({}, () => undefined, {
      ceiling: { name: 'config/ceiling.yaml', load: () => ({ search: { pageSize: 100 } }) },
    }),
  'forbidden-override': () => within({ acme: { search: { cluster: 'mine' } } }, ({ tenants }) => tenants.ready('acme')),
  'untrusted-reference': () =>
    within({ acme: { search: { note: '${env:HOME}' } } }, ({ tenants }) => tenants.ready('acme')),
  'tenant-needs-transaction': async () => {
    const { as, work } = await tenantDatabaseWorld({}, { acme: {} });
    await as('acme', async () => work.run({ propagation: 'supports' }, () => undefined));
  },
  'tenant-place-refused': async () =>
    (await tenantDatabaseWorld({}, { acme: { tenancy: { strategy: 'schema', schema: 'public' } } })).where('acme'),
  'tenant-place-taken': async () => {
    const own = { tenancy: { strategy: 'schema', schema: 'acme' } };
    const { where } = await tenantDatabaseWorld({}, { acme: own, beta: own });
    await where('acme');
    await where('beta');
  },
  'tenant-rows-unprotected': async () => {
    const base = { db: { host: 'open-host' }, tenancy: { strategy: 'schema' } };
    const { where } = await tenantDatabaseWorld(base, { acme: { tenancy: { strategy: 'shared' } } });
    await where('acme');
  },
  'tenant-connections-exhausted': async () => {
    const base = { tenancy: { strategy: 'database', maxConnections: 2, acquireTimeout: '1ms' } };
    const { as, where, work, clock } = await tenantDatabaseWorld(base, { acme: {}, beta: {} });
    const holding = as('acme', async () => work.run(async () => new Promise(() => undefined)));
    holding.catch(() => undefined);
    const passing = setInterval(() => {
      clock.advance(1);
    }, 1);
    await where('beta').finally(() => {
      clearInterval(passing);
    });
  },
  'tenant-strategy-unsupported': async () => {
    const documents = { acme: { tenancy: { strategy: 'schema' } } };
    const base = { tenancy: { strategy: 'database' } };
    await (await tenantDatabaseWorld(base, documents, { noDialect: true })).where('acme');
  },
  'captive-singleton': () =>
    within({ acme: {} }, async ({ container, tenants }) => {
      container.bind(Ranking).toSelf().inSingletonScope();
      const lease = await tenants.for('acme');
      return lease.container.get(Ranking);
    }),
  'plugin-needed': () => within({ acme: {} }, ({ tenants }) => tenants.for('acme'), { plugin: false }),
  'tenants-not-defined': async () => {
    const container = new Container();
    container.register(ConfigPlugin);
    await container.loadAsync(
      ConfigModule.fromOptions({ sections: [SearchSettings], sources: [], environment: 'test', env: {} }),
    );
    return container.get(TenantContainers);
  },
};
