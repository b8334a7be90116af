// Blue and green in a whole application: a client made from the settings, and tenants that are served meanwhile.
import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { monitorIdentifier } from '../../src/container/index.js';
import type { ConfigSource } from '../../src/core/index.js';
import { defineResource, resourceIdentifier } from '../../src/factories/resources/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { PretendClient } from '../factories/resources/pretend-client.js';
import { TenantWorld } from '../tenants/tenant-world.js';

@ConfigSection('search')
class SearchSettings {
  @IsString() readonly url: string = 'none';
  @IsInt() readonly pageSize: number = 1;
}

const SETTINGS: Readonly<Record<string, object>> = {
  blue: { search: { url: 'blue.test', pageSize: 10 } },
  green: { search: { url: 'green.test', pageSize: 20 } },
};
const deployments: ConfigSource = { name: 'deployments', load: ({ deployment = '' }) => SETTINGS[deployment] ?? {} };

/** What a client of the search, and tenants with a page size and with nothing of their own, see. */
async function shop({ probe = (): void => undefined }: { readonly probe?: (client: PretendClient) => void } = {}) {
  const made: PretendClient[] = [];
  const search = defineResource<PretendClient, SearchSettings>({
    name: 'search',
    from: SearchSettings,
    create: ({ settings }) => {
      const client = new PretendClient(settings.url);
      made.push(client);
      return client;
    },
    probe,
    close: async (client) => client.close(),
  });
  const said = { acme: { search: { pageSize: 5 } }, beta: {} };
  const load = { sources: [deployments], deployment: 'blue', resources: [search] };
  const world = await TenantWorld.of([SearchSettings], {}, said, { load });
  const { tenants } = world;
  for (const id of ['acme', 'beta']) await tenants.ready(id);
  const client = world.container.get(resourceIdentifier(search));
  const seen = async (): Promise<readonly unknown[]> => {
    // Live tenants follow a commit of the base.
    await tenants.refresh();
    const answer = await client.use(async (current) => current.query('lamps'));
    const ofTenants = ['acme', 'beta'].map((id) => tenants.settings(id, SearchSettings));
    return [answer, ...ofTenants];
  };
  return { world, made, seen };
}

const BLUE = ['lamps at blue.test', { url: 'blue.test', pageSize: 5 }, { url: 'blue.test', pageSize: 10 }];
const GREEN = ['lamps at green.test', { url: 'green.test', pageSize: 5 }, { url: 'green.test', pageSize: 20 }];

describe('a deployment that is staged', () => {
  it('moves neither client nor tenants until it is committed, and then both', async () => {
    const story = await shop();
    await using world = story.world;
    const { made, seen } = story;
    const green = await world.reloads.stage({ deployment: 'green' });
    expect(await seen()).toEqual(BLUE);
    expect(made.map(({ url }) => url)).toEqual(['blue.test']);

    expect((await green.commit()).status).toBe('committed');
    expect(await seen()).toEqual(GREEN);
    expect(made.map(({ url, isOpen }) => [url, isOpen])).toEqual([
      ['blue.test', false],
      ['green.test', true],
    ]);
  });

  it('is taken back with the client and the tenants', async () => {
    const story = await shop();
    await using world = story.world;
    const { seen, made } = story;
    const green = await world.reloads.stage({ deployment: 'green' });
    await green.commit();
    expect(await seen()).toEqual(GREEN);
    expect((await green.rollback()).status).toBe('committed');
    expect(await seen()).toEqual(BLUE);
    expect(made.filter(({ isOpen }) => isOpen).map(({ url }) => url)).toEqual(['blue.test']);
    expect(world.events.filter(({ type }) => type === 'ConfigChanged')).toMatchObject([
      {
        reason: 'switch to deployment green',
        sections: [{ changes: [{ path: 'search.url' }, { path: 'search.pageSize' }] }],
      },
      { tenant: 'acme', sections: [{ changes: [{ path: 'search.url', after: 'green.test' }] }] },
      { tenant: 'beta' },
      { sections: [{ changes: [{ after: 'blue.test' }, { after: 10 }] }] },
      { tenant: 'acme', sections: [{ changes: [{ path: 'search.url', after: 'blue.test' }] }] },
      { tenant: 'beta' },
    ]);
  });

  it('is refused by a client that cannot be used, and leaves everything as it is', async () => {
    const story = await shop({
      probe: ({ url }) => {
        if (url === 'green.test') throw Object.assign(new Error('no'), { code: 'ECONNREFUSED' });
      },
    });
    await using world = story.world;
    const { seen, made } = story;
    const green = await world.reloads.stage({ deployment: 'green' });
    expect(await green.commit()).toMatchObject({ status: 'rejected', error: { code: 'reload-vetoed' } });
    expect(await seen()).toEqual(BLUE);
    expect(made.map(({ url, isOpen }) => [url, isOpen])).toEqual([
      ['blue.test', true],
      ['green.test', false],
    ]);
  });

  it('keeps a call for a tenant on one deployment to its end', async () => {
    const story = await shop();
    await using world = story.world;
    const { seen } = story;
    const green = await world.reloads.stage({ deployment: 'green' });
    const monitor = world.container.get(monitorIdentifier(SearchSettings));
    const urls = await world.tenants.run('acme', async () => {
      const before = monitor.current.url;
      await green.commit();
      await world.tenants.refresh();
      return [before, monitor.current.url];
    });
    expect(urls).toEqual(['blue.test', 'blue.test']);
    expect(await seen()).toEqual(GREEN);
  });
});
