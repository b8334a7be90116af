import { describe, expect, it } from '@jest/globals';
import { IsBoolean, IsIn, IsInt } from 'class-validator';
import { ByteSize, ConfigSection, Duration, IsByteSize, IsDuration } from '../../src/sections/index.js';
import { WatchedValues } from '../container/watched-values.js';
import { caught } from '../sources/caught.js';
import { ConfigModule, monitorIdentifier } from '../../src/container/index.js';
import { documents, TenantWorld } from './tenant-world.js';

@ConfigSection('quota')
class QuotaSettings {
  @IsInt() users: number = 10;
  @IsDuration() retention: Duration = Duration.of('1h');
  @IsByteSize() upload: ByteSize = ByteSize.of('1MiB');
  @IsBoolean() beta: boolean = false;
  @IsIn(['eu', 'us']) region: string = 'eu';
}

const PLANS = { premium: { quota: { users: 100, beta: true } }, small: { quota: { users: 5 } } };
const CEILING = {
  quota: {
    users: { $max: 500, $min: 2 },
    retention: { $max: '24h' },
    upload: { $max: '10MiB' },
    region: { $oneOf: ['eu', 'us'] },
  },
};

interface PlannedWorld extends AsyncDisposable {
  readonly world: TenantWorld;
  readonly plans: WatchedValues;
  readonly ceilings: WatchedValues;
}

async function worldOf(said: Readonly<Record<string, object>>, ceiling: object = {}): Promise<PlannedWorld> {
  const plans = new WatchedValues(documents(PLANS), 'plans');
  const ceilings = new WatchedValues(ceiling, 'ceiling');
  const world = await TenantWorld.of([QuotaSettings], {}, said, { plans, ceiling: ceilings });
  return { world, plans, ceilings, [Symbol.asyncDispose]: async () => world[Symbol.asyncDispose]() };
}

async function quotaOf(said: object, ceiling: object = CEILING): Promise<QuotaSettings> {
  await using planned = await worldOf({ acme: said }, ceiling);
  const { world } = planned;
  await world.tenants.ready('acme');
  return world.tenants.settings('acme', QuotaSettings);
}

describe('a plan', () => {
  it('lies over the base and below the tenant', async () => {
    const quota = await quotaOf({ $tenant: { plan: 'premium' }, quota: { beta: false } });
    expect([quota.users, quota.beta]).toEqual([100, false]);
  });

  it('that is not there keeps its tenants out, and no others', async () => {
    await using planned = await worldOf({ acme: { $tenant: { plan: 'gold' } }, beta: {} });
    const { world } = planned;
    await world.tenants.ready('beta');
    const error = await caught(async () => world.tenants.ready('acme'));
    expect([error.code, error.message]).toEqual([
      'tenant-quarantined',
      expect.stringContaining('There is no plan "gold".'),
    ]);
  });

  it('that moves moves its tenants', async () => {
    await using planned = await worldOf({ acme: { $tenant: { plan: 'small' } } });
    const { world, plans } = planned;
    await world.tenants.ready('acme');
    plans.set(documents({ small: { quota: { users: 6 } } }));
    await world.tenants.refresh();
    expect(world.tenants.settings('acme', QuotaSettings).users).toBe(6);
    await world.say('acme', { $tenant: { plan: 'premium' } });
    expect(world.tenants.health().quarantined.get('acme')?.message).toContain('There is no plan "premium".');
    expect(world.tenants.settings('acme', QuotaSettings).users).toBe(6);
  });

  it('may refer to what a tenant may not, because the operator wrote it', async () => {
    const plans = new WatchedValues(documents({ big: { quota: { users: '${env:USERS}' } } }), 'plans');
    const said = { acme: { $tenant: { plan: 'big' } } };
    await using world = await TenantWorld.of([QuotaSettings], {}, said, { plans, load: { env: { USERS: '77' } } });
    await world.tenants.ready('acme');
    expect(world.tenants.settings('acme', QuotaSettings).users).toBe(77);
  });
});

describe('a ceiling', () => {
  it.each([
    ['a number down', { users: 501 }, { users: 500 }],
    ['a number up', { users: 1 }, { users: 2 }],
    ['a number in words', { users: '9_000' }, { users: 500 }],
    ['nothing that is within', { users: 499 }, { users: 499 }],
    ['what is not among the values', { region: 'mars' }, { region: 'eu' }],
  ])('holds %s', async (_, said, held) => {
    expect(await quotaOf({ quota: said })).toMatchObject(held);
  });

  it('holds what modules and their components see, whoever says it', async () => {
    const ceiling = { quota: { users: { $max: 500 }, beta: { $force: false } } };
    const said = {
      acme: { modules: { billing: { quota: { users: 9_999 }, components: { invoices: { quota: { beta: true } } } } } },
      beta: { quota: { users: 9_999 }, modules: { billing: { quota: { users: 9_999 } } } },
      gamma: { quota: { users: 9_999 } },
    };
    const base = { modules: { billing: { quota: { beta: true } } } };
    await using world = await TenantWorld.of([QuotaSettings], base, said, {
      ceiling: new WatchedValues(ceiling, 'ceiling'),
    });
    const scopes = ['billing', 'billing/invoices'];
    await world.container.loadAsync(...scopes.map((scope) => ConfigModule.forScope(scope, [QuotaSettings])));
    const seen: unknown[] = [];
    for (const id of Object.keys(said)) {
      await world.tenants.ready(id);
      for (const scope of scopes) {
        const live = world.container.get(monitorIdentifier(QuotaSettings, { scope }));
        seen.push(world.tenants.run(id, () => `${id} ${String(live.current.users)} ${String(live.current.beta)}`));
      }
    }
    expect(seen).toEqual(Object.keys(said).flatMap((id) => scopes.map(() => `${id} 500 false`)));
    expect(world.tenants.clamps('acme').map(({ path }) => path)).toEqual([
      'modules.billing.quota.users',
      'modules.billing.components.invoices.quota.users',
      'modules.billing.quota.beta',
      'modules.billing.components.invoices.quota.beta',
    ]);
  });

  it('leaves what it cannot compare, and what is wrong with it is told', async () => {
    await expect(quotaOf({ quota: { retention: '2 days' } })).rejects.toThrow('quota.retention');
  });

  it('compares durations and sizes by what they are', async () => {
    const quota = await quotaOf({ quota: { retention: '25h', upload: '11MB' } });
    expect([String(quota.retention), quota.upload.bytes]).toEqual(['1d', 10 * 1024 * 1024]);
    const within = await quotaOf({ quota: { retention: '1439m', upload: '10MB' } });
    expect([within.retention.milliseconds, within.upload.bytes]).toEqual([1439 * 60_000, 10_000_000]);
  });

  it('is applied before values are checked, so that what is out of bounds is no mistake of the tenant', async () => {
    expect((await quotaOf({ quota: { users: 1e300 } })).users).toBe(500);
  });

  it('forces a value for all tenants, and not for the base', async () => {
    await using planned = await worldOf({ acme: { quota: { beta: true } } }, { quota: { beta: { $force: false } } });
    const { world } = planned;
    await world.tenants.ready('acme');
    expect(world.tenants.settings('acme', QuotaSettings).beta).toBe(false);
    expect(world.container.get(QuotaSettings).beta).toBe(false);
  });

  it('holds plans, too, and is named by explain, and told', async () => {
    await using planned = await worldOf({ acme: { $tenant: { plan: 'premium' } } }, { quota: { users: { $max: 50 } } });
    const { world } = planned;
    await world.tenants.ready('acme');
    const text = world.tenants.explain('acme', 'quota.users').toString();
    expect(text).toContain('quota.users = 50\n  from quota.users (ceiling)');
    expect(text).toContain('over quota.users (plans premium): 100');
    expect(world.tenants.clamps('acme')).toMatchObject([{ path: 'quota.users', origin: { source: 'ceiling' } }]);
    expect(world.logger.of('config.tenant.clamped')).toHaveLength(1);
  });

  it('that moves moves all tenants, and one that cannot be used leaves the last one in force', async () => {
    await using planned = await worldOf({ acme: { quota: { users: 400 } } }, { quota: { users: { $max: 300 } } });
    const { world, ceilings } = planned;
    await world.tenants.ready('acme');
    ceilings.set({ quota: { users: { $max: 200 } } });
    await world.tenants.refresh();
    expect(world.tenants.settings('acme', QuotaSettings).users).toBe(200);
    ceilings.set({ quota: { users: { $most: 100 } } });
    await expect(world.tenants.refresh()).rejects.toThrow('holds $most');
    expect(world.tenants.settings('acme', QuotaSettings).users).toBe(200);
  });

  it.each([
    ['an unknown key', { quota: { user: { $max: 1 } } }, 'quota.user: is not a known key'],
    ['a value', { quota: { users: 5 } }, 'must be a map of $force, $min, $max or $oneOf'],
    ['a bound without an order', { quota: { users: { $max: 'many' } } }, 'no number, duration or size'],
    ['a bound for a whole section', { quota: { $max: 5 } }, 'quota: holds a bound, which only a single value has'],
    ['bounds the wrong way round', { quota: { users: { $min: 5, $max: 1 } } }, '$min is above $max'],
    ['no values', { quota: { region: { $oneOf: [] } } }, '$oneOf must be a list of values'],
  ])('with %s is refused when the module is loaded', async (_, ceiling, words) => {
    const error = await caught(async () => worldOf({}, ceiling));
    expect([error.code, error.message]).toEqual(['invalid-ceiling', expect.stringContaining(words)]);
  });
});
