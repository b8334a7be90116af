import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { ConfigError } from '../../src/core/index.js';
import { configHealth } from '../../src/observability/index.js';
import { ConfigEvents, rule } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { caught } from '../sources/caught.js';
import { TenantWorld } from './tenant-world.js';

@ConfigSection('http')
class HttpSettings {
  @IsInt() port: number = 80;
  @IsString() host: string = 'h';
}

@ConfigSection('limits')
class LimitSettings {
  @IsInt() highest: number = 1_000;
}

const SECTIONS = [HttpSettings, LimitSettings];

describe('a tenant whose document is not valid', () => {
  it('is refused with all that is wrong, and no other one is', async () => {
    const said = { acme: { http: { port: 'x', prt: 1 } }, beta: { http: { port: 2 } } };
    await using world = await TenantWorld.of(SECTIONS, {}, said);
    const error = await caught(async () => world.tenants.ready('acme'));
    expect(error.issues.map(({ code, path, origin }) => [code, path.join('.'), origin?.source])).toEqual([
      ['unknown-key', 'http.prt', 'tenants acme'],
      ['not-an-integer', 'http.port', 'tenants acme'],
    ]);
    expect(await caught(async () => world.tenants.ready('acme'))).toBe(error);
    await world.tenants.ready('beta');
    expect(world.tenants.health()).toMatchObject({ status: 'degraded', problems: [] });
    await world.say('acme', { http: { port: 3 } });
    await world.tenants.ready('acme');
    expect(world.tenants.health().status).toBe('ok');
  });

  it('keeps what it has when it was valid before, and is healed by the next good one', async () => {
    await using world = await TenantWorld.of(SECTIONS, {}, { acme: { http: { port: 1 } }, beta: {} });
    await Promise.all([world.tenants.ready('acme'), world.tenants.ready('beta')]);
    await world.say('acme', { http: { port: 'x' } });
    expect(world.tenants.settings('acme', HttpSettings).port).toBe(1);
    expect([...world.tenants.health().quarantined.keys()]).toEqual(['acme']);
    const { status, tenants } = configHealth(world.reloads);
    expect([status, tenants]).toEqual(['healthy', { known: 2, live: 2, quarantined: 1 }]);
    expect(world.events.filter(({ type }) => type === 'ConfigReloadRejected')).toMatchObject([
      { tenant: 'acme', error: { code: 'tenant-quarantined' } },
    ]);
    await world.say('acme', { http: { port: 1 } });
    expect([world.tenants.health().status, world.tenants.settings('acme', HttpSettings).port]).toEqual(['ok', 1]);
  });

  it('never mixes two bases: all of it stays when the new base does not go with it', async () => {
    const rules = [rule('the port is within the limits', [HttpSettings, LimitSettings], (h, l) => h.port <= l.highest)];
    await using world = await TenantWorld.of(SECTIONS, {}, { acme: { http: { port: 900 } } }, { load: { rules } });
    await world.tenants.ready('acme');
    await world.sayBase({ limits: { highest: 500 }, http: { host: 'new' } });
    const { tenants } = world;
    expect(tenants.settings('acme', LimitSettings).highest).toBe(1_000);
    expect(tenants.settings('acme', HttpSettings)).toMatchObject({ host: 'h', port: 900 });
    expect(world.container.get(HttpSettings).host).toBe('new');
    await world.say('acme', { http: { port: 400 } });
    expect(tenants.settings('acme', HttpSettings)).toMatchObject({ host: 'new', port: 400 });
    expect(tenants.settings('acme', LimitSettings).highest).toBe(500);
  });

  it('that cannot be read keeps its last good answer, and is refused where it has none', async () => {
    const bad = new ConfigError({ code: 'invalid-yaml', category: 'parse', message: 'acme.yaml is no YAML.' });
    await using world = await TenantWorld.of(SECTIONS, {}, { acme: { http: { port: 1 } }, beta: bad });
    await world.tenants.ready('acme');
    await world.say('acme', bad);
    expect(world.tenants.settings('acme', HttpSettings).port).toBe(1);
    expect(world.tenants.health().quarantined.get('acme')?.message).toContain('acme.yaml is no YAML.');
    expect((await caught(async () => world.tenants.ready('beta'))).cause).toBe(bad);
    await world.sayBase({ http: { host: 'new' } });
    expect(world.tenants.settings('acme', HttpSettings)).toMatchObject({ port: 1, host: 'new' });
    expect(world.tenants.health().problems).toEqual([
      'Of tenants these documents cannot be used as they are: beta, acme.',
    ]);
  });
});

describe('an event', () => {
  it('says which tenant has changed, and what of it', async () => {
    await using world = await TenantWorld.of(SECTIONS, {}, { acme: { http: { port: 1 } }, beta: {} });
    await Promise.all([world.tenants.ready('acme'), world.tenants.ready('beta')]);
    await world.say('acme', { http: { port: 2 } });
    await world.container.get(ConfigEvents).drain();
    expect(world.events).toMatchObject([
      {
        type: 'ConfigChanged',
        tenant: 'acme',
        previous: 1,
        generation: 2,
        sections: [{ section: 'http', changes: [{ path: 'http.port', before: 1, after: 2 }] }],
      },
    ]);
  });

  it('is none for a tenant that overrides what has changed in the base', async () => {
    await using world = await TenantWorld.of(SECTIONS, {}, { acme: { http: { port: 1 } }, beta: {} });
    await Promise.all([world.tenants.ready('acme'), world.tenants.ready('beta')]);
    const before = world.tenants.settings('acme', HttpSettings);
    const listened: number[] = [];
    world.container.get(ConfigEvents).onSection(HttpSettings, ({ port }) => void listened.push(port));
    await world.sayBase({ http: { port: 90 } });
    await world.container.get(ConfigEvents).drain();
    expect(world.events.map((event) => event.type === 'ConfigChanged' && event.tenant)).toEqual([undefined, 'beta']);
    expect(world.tenants.settings('acme', HttpSettings)).toBe(before);
    // Who listens to a section listens to that of the base.
    expect(listened).toEqual([90]);
  });
});
