import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { ConfigModule, monitorIdentifier } from '../../src/container/index.js';
import { createLayer, formatOrigin } from '../../src/core/index.js';
import { ConfigStore, type ConfigChanged } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { WatchedValues } from '../container/watched-values.js';
import { documents, TenantWorld } from './tenant-world.js';

@ConfigSection('quota')
class QuotaSettings {
  @IsInt() readonly users: number = 1;
  @IsString() readonly note: string = '';
}

@ConfigSection('brand')
class BrandSettings {
  @IsString() readonly name: string = 'Example';
}

const SECTIONS = [QuotaSettings, BrandSettings];

/** The base says this from now on, and that in itself is no change for the base. */
async function hide(world: TenantWorld, settings: object): Promise<void> {
  world.base.set(settings);
  expect(await world.reloads.reload('test')).toMatchObject({ status: 'unchanged' });
  await world.tenants.refresh();
}

function changesOf({ events }: TenantWorld, tenant?: string): readonly ConfigChanged[] {
  const changes = events.filter((event) => event.type === 'ConfigChanged');
  return tenant === undefined ? changes : changes.filter((change) => change.tenant === tenant);
}

describe('a tenant over a base whose own settings stay the same', () => {
  it('gets the value that the base does not use and its plan refers to', async () => {
    const plans = new WatchedValues(documents({ big: { quota: { users: '${limits.big}' } } }), 'plans');
    const options = { plans, load: { foreignKeys: ['limits'] } };
    const said = { acme: { $tenant: { plan: 'big' } } };
    await using world = await TenantWorld.of(SECTIONS, { limits: { big: 10 } }, said, options);
    await world.tenants.ready('acme');
    await hide(world, { limits: { big: 20 } });
    expect(world.tenants.settings('acme', QuotaSettings).users).toBe(20);
    expect(changesOf(world)).toMatchObject([
      { tenant: 'acme', sections: [{ section: 'quota', changes: [{ before: 10, after: 20 }] }] },
    ]);
  });

  it('is told the place of today, as the base is', async () => {
    await using world = await TenantWorld.of(SECTIONS, {}, { acme: { quota: { note: 'x' } } });
    const written = (line: number): object =>
      createLayer({
        name: 'app.yaml',
        tree: { quota: { users: 5 } },
        locate: () => ({ kind: 'file', source: 'app.yaml', key: 'quota.users', line }),
      });
    await world.sayBase(written(2));
    await world.tenants.ready('acme');
    await hide(world, written(7));
    const place = ({ winner }: ReturnType<ConfigStore['explain']>): string | undefined =>
      winner && formatOrigin(winner.origin);
    expect([
      place(world.container.get(ConfigStore).explain('quota.users')),
      place(world.tenants.explain('acme', 'quota.users')),
    ]).toEqual(['quota.users (app.yaml:7)', 'quota.users (app.yaml:7)']);
    expect(changesOf(world, 'acme')).toEqual([]);
  });

  it('is left alone by a reload that finds nothing else at all', async () => {
    await using world = await TenantWorld.of(SECTIONS, { quota: { users: 2 } }, { acme: { quota: { note: 'x' } } });
    await using lease = await world.tenants.for('acme');
    const store = lease.container.get(ConfigStore);
    const { current } = store;
    await hide(world, { quota: { users: 2 } });
    expect(store.current).toBe(current);
  });
});

describe('a tenant on its way to another base', () => {
  it('is ready when it is there, whoever has sent it', async () => {
    await using world = await TenantWorld.of(SECTIONS, { quota: { users: 2 } }, { acme: { quota: { note: 'x' } } });
    await world.tenants.ready('acme');
    world.base.set({ quota: { users: 3 } });
    await world.reloads.reload('test');
    const others = world.tenants.ready('acme');
    await world.tenants.ready('acme');
    expect(world.tenants.settings('acme', QuotaSettings).users).toBe(3);
    await others;
  });
});

describe('what only a module of a tenant sees', () => {
  const billing = (quota: object): object => ({ modules: { billing: { quota } } });
  const scoped = monitorIdentifier(QuotaSettings, { scope: 'billing' });

  /** A world in which a module asks for its own view. */
  async function modular(base: object, acme: object): Promise<TenantWorld> {
    const world = await TenantWorld.of(SECTIONS, base, { acme });
    await world.container.loadAsync(ConfigModule.forScope('billing', [QuotaSettings]));
    await world.tenants.ready('acme');
    return world;
  }

  it.each(['the tenant', 'the base'])('is a change of the tenant when %s says otherwise', async (who) => {
    await using world = await modular(billing({ note: 'a' }), billing({ users: 5 }));
    await using lease = await world.tenants.for('acme');
    const heard: QuotaSettings[] = [];
    lease.container.get(scoped).onChange((settings) => void heard.push(settings));
    if (who === 'the tenant') await world.say('acme', billing({ users: 6 }));
    else await world.sayBase(billing({ note: 'b' }));
    const own = changesOf(world, 'acme');
    const change = who === 'the tenant' ? { before: 5, after: 6 } : { before: 'a', after: 'b' };
    expect(own).toMatchObject([
      { sections: [{ section: 'modules.billing.quota', scope: 'billing', changes: [change] }] },
    ]);
    expect(heard).toEqual([lease.container.get(scoped).current]);
  });

  it('stays the same object when something else changes', async () => {
    await using world = await modular({}, billing({ users: 5 }));
    await using lease = await world.tenants.for('acme');
    const { current } = lease.container.get(scoped);
    const heard: QuotaSettings[] = [];
    lease.container.get(scoped).onChange((settings) => void heard.push(settings));
    await world.say('acme', { ...billing({ users: 5 }), brand: { name: 'Acme' } });
    expect(world.tenants.settings('acme', BrandSettings).name).toBe('Acme');
    expect([lease.container.get(scoped).current === current, heard]).toEqual([true, []]);
  });
});
