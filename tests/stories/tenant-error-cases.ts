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
import { defineTenants, TenantContainers, type TenantsOptions } from '../../src/tenants/index.js';

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

export const tenantErrorCases = {
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
  'captive-singleton': () =>
    within({ acme: {} }, async ({ container, tenants }) => {
      container.bind(Ranking).toSelf().inSingletonScope();
      const lease = await tenants.for('acme');
      return lease.container.get(Ranking);
    }),
  'plugin-needed': () => within({ acme: {} }, ({ tenants }) => tenants.for('acme'), { plugin: false }),
};
