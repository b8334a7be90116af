import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { Container } from 'inversify';
import { ConfigModule, ConfigPlugin } from '../../src/container/index.js';
import { ConfigEvents } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import {
  defineTenants,
  TenantContainers,
  tenantFile,
  tenantFolder,
  type TenantLoader,
  type TenantsOptions,
} from '../../src/tenants/index.js';
import { FakeClock } from '../runtime/fake-clock.js';
import { caught } from '../sources/caught.js';
import { addFiles, temporaryFolder } from '../sources/file-fixtures.js';
import { TenantWorld } from './tenant-world.js';

@ConfigSection('brand')
class BrandSettings {
  @IsString() name: string = 'base';
  @IsInt() size: number = 1;
}

@ConfigSection('prices', { domain: 'sales' })
class PriceSettings {
  @IsInt() tea: number = 0;
  @IsInt() milk: number = 0;
}

interface Loaded extends AsyncDisposable {
  readonly container: Container;
  readonly tenants: TenantContainers;
}

async function load(tenants: TenantsOptions, watch = false, clock?: FakeClock): Promise<Loaded> {
  const container = new Container();
  container.register(ConfigPlugin);
  const options = { sections: [BrandSettings], sources: [], environment: 'test', env: {} } as const;
  await container.loadAsync(
    ConfigModule.fromOptions({
      ...options,
      reload: { watch, pollInterval: '20ms', settle: '0s' },
      ...(clock && { clock }),
      tenants: defineTenants(tenants),
    }),
  );
  return {
    container,
    tenants: container.get(TenantContainers),
    [Symbol.asyncDispose]: async () => container.unbindAllAsync(),
  };
}

async function brandOf({ tenants }: Loaded, id: string): Promise<string> {
  await tenants.ready(id);
  return tenants.settings(id, BrandSettings).name;
}

describe('defineTenants', () => {
  it.each(['plans', 'ceiling'])('refuses %s that are no source, in place of a failure at the start', (name) => {
    expect(() => defineTenants({ layers: tenantFolder('tenants'), [name]: () => ({}) })).toThrow(
      new TypeError(`defineTenants: ${name} must be a source with load(); got a function.`),
    );
  });

  it('says of an unknown id of a function that its document is missing, not that it is an identifier', async () => {
    await using loaded = await load({ layers: () => undefined });
    expect((await caught(async () => loaded.tenants.ready('acme'))).recovery).toMatch(/^Add its document\./);
  });
});

describe('documents of tenants', () => {
  it('are asked for again a few at a time, because a database has to answer', async () => {
    let [open, most] = [0, 0];
    const layers = async (id: string): Promise<object> => {
      most = Math.max(most, ++open);
      await turn();
      open--;
      return { brand: { name: id } };
    };
    await using loaded = await load({ layers });
    const ids = Array.from({ length: 100 }, (_, at) => `t${String(at)}`);
    for (const id of ids) await loaded.tenants.ready(id);
    most = 0;
    await loaded.tenants.refresh();
    expect([most, loaded.tenants.ids.length]).toEqual([32, 100]);
  });

  it('are not read by a reload of the base or of a domain, which their tenants follow', async () => {
    await using world = await TenantWorld.of(
      [PriceSettings],
      { prices: { tea: 1 } },
      { acme: { prices: { milk: 5 } } },
    );
    const { tenants, reloads, base, source } = world;
    await tenants.ready('acme');
    const before = source.loads;
    base.set({ prices: { tea: 2 } });
    expect((await reloads.reload('new prices', { domain: 'sales' })).status).toBe('committed');
    await tenants.ready('acme');
    expect(tenants.settings('acme', PriceSettings)).toEqual({ tea: 2, milk: 5 });
    await reloads.reload('everything');
    expect(source.loads).toBe(before);
  });
});

describe('tenantFolder', () => {
  it('has a document for each file, whatever its format, and says where a value stands', async () => {
    const folder = await temporaryFolder({
      'acme.yaml': 'brand:\n  name: Acme\n',
      'beta.json': '{ "brand": { "name": "Beta" } }',
      'gamma.toml': '[brand]\nname = "Gamma"\n',
      'README.md': '# no tenant',
      '.hidden.yaml': 'brand: 5',
    });
    await using world = await load({ layers: tenantFolder(folder) });
    expect([...world.tenants.ids].sort()).toEqual(['acme', 'beta', 'gamma']);
    expect([await brandOf(world, 'acme'), await brandOf(world, 'beta'), await brandOf(world, 'gamma')]).toEqual([
      'Acme',
      'Beta',
      'Gamma',
    ]);
    expect(world.tenants.explain('acme', 'brand.name').winner?.origin).toMatchObject({
      source: join(folder, 'acme.yaml'),
      line: 2,
    });
  });

  it('lets a document import from the folder of its own name, and from nowhere else', async () => {
    const folder = await temporaryFolder({
      'acme.yaml': '$import: acme/brand.yaml\n',
      'acme/brand.yaml': 'brand: { name: Acme }\n',
      'beta.yaml': '$import: acme/brand.yaml\n',
      'gamma.yaml': '$import: ../other.yaml\n',
      'delta.yaml': '$import: delta/../acme.yaml\n',
    });
    await addFiles(join(folder, '..'), {});
    await using world = await load({ layers: tenantFolder(folder) });
    expect(await brandOf(world, 'acme')).toBe('Acme');
    for (const id of ['beta', 'gamma', 'delta']) {
      const error = await caught(async () => world.tenants.ready(id));
      expect(error.issues.map(({ code }) => code)).toEqual(['import-refused']);
      expect(error.recovery).toBe(`Files are imported only from "${join(folder, id)}" here.`);
    }
  });

  it('keeps one bad file from no other tenant', async () => {
    const folder = await temporaryFolder({
      'acme.yaml': 'brand: [\n',
      'beta.yaml': 'brand: { name: Beta }\n',
      'beta.json': '{}',
      'gamma.yaml': 'brand: { name: Gamma }\n',
    });
    await using world = await load({ layers: tenantFolder(folder) });
    expect(await brandOf(world, 'gamma')).toBe('Gamma');
    expect((await caught(async () => world.tenants.ready('acme'))).message).toContain('acme.yaml');
    expect((await caught(async () => world.tenants.ready('beta'))).message).toContain('beta.json, beta.yaml');
  });

  it('notices a tenant that comes, changes and goes while the program runs', async () => {
    const folder = await temporaryFolder({ 'acme.yaml': 'brand: { name: one }\n' });
    await using world = await load({ layers: tenantFolder(folder) }, true);
    await world.tenants.ready('acme');
    const events = world.container.get(ConfigEvents).stream({ types: ['ConfigChanged'] });
    await writeFile(join(folder, 'acme.tmp'), 'brand: { name: two }\n');
    await rename(join(folder, 'acme.tmp'), join(folder, 'acme.yaml'));
    expect((await events.next()).value).toMatchObject({ tenant: 'acme', reason: `${folder} changed` });
    expect(world.tenants.settings('acme', BrandSettings).name).toBe('two');
    await events.return?.();
    await writeFile(join(folder, 'beta.yaml'), 'brand: { name: Beta }\n');
    await rm(join(folder, 'acme.yaml'));
    await world.tenants.refresh();
    expect(world.tenants.ids).toEqual(['beta']);
    expect(await brandOf(world, 'beta')).toBe('Beta');
    expect(await caught(() => world.tenants.run('acme', () => 0))).toMatchObject({ code: 'tenant-not-ready' });
  });

  it('is refused where the folder is not there', async () => {
    await expect(load({ layers: tenantFolder('no/such/folder') })).rejects.toThrow('no/such/folder does not exist');
    expect(() => tenantFolder('')).toThrow(TypeError);
  });
});

describe('tenantFile', () => {
  it('has a document for each key at its root, and says where a value stands, also when lines have moved', async () => {
    const folder = await temporaryFolder({
      'tenants.yaml': 'acme:\n  brand: { name: Acme }\nbeta:\n  brand: { size: 2 }\n',
    });
    const file = join(folder, 'tenants.yaml');
    await using world = await load({ layers: tenantFile(file) });
    expect([world.tenants.ids, await brandOf(world, 'acme')]).toEqual([['acme', 'beta'], 'Acme']);
    await world.tenants.ready('beta');
    const before = world.tenants.settings('beta', BrandSettings);
    await writeFile(file, '# a line\nacme:\n  brand: { name: Other }\nbeta:\n  brand: { size: 2 }\n');
    await world.tenants.refresh();
    expect(world.tenants.settings('acme', BrandSettings).name).toBe('Other');
    expect(world.tenants.settings('beta', BrandSettings)).toBe(before);
    expect(world.tenants.explain('beta', 'brand.size').winner?.origin).toMatchObject({ source: file, line: 5 });
  });

  it('keeps what is no map from its own tenant only', async () => {
    const folder = await temporaryFolder({ 'tenants.yaml': 'acme: 5\nbeta: { brand: { name: Beta } }\n' });
    await using world = await load({ layers: tenantFile(join(folder, 'tenants.yaml')) });
    expect(await brandOf(world, 'beta')).toBe('Beta');
    expect((await caught(async () => world.tenants.ready('acme'))).message).toContain('the document "acme" is no map');
  });

  it('tells its format by the ending', () => {
    expect(() => tenantFile('tenants.txt')).toThrow('tenantFile: path must end in');
  });
});

describe('a function for documents', () => {
  const counted = (
    answer: (id: string) => object | undefined,
  ): { readonly asked: string[]; readonly load: TenantLoader } => {
    const asked: string[] = [];
    return {
      asked,
      load: async (id) => {
        asked.push(id);
        return Promise.resolve(answer(id));
      },
    };
  };

  it('is asked once, however many wait for its answer', async () => {
    const { asked, load: layers } = counted((id) => ({ brand: { name: id } }));
    await using world = await load({ layers });
    await Promise.all(Array.from({ length: 20 }, async () => world.tenants.ready('acme')));
    expect([asked, await brandOf(world, 'acme'), world.tenants.ids]).toEqual([['acme'], 'acme', ['acme']]);
  });

  it('is not asked again for a name that nobody has, for a while', async () => {
    const clock = new FakeClock();
    const { asked, load: layers } = counted(() => undefined);
    await using world = await load({ layers, missingFor: '10s' }, false, clock);
    const ask = async (): Promise<string> => (await caught(async () => world.tenants.ready('nobody'))).code;
    expect([await ask(), await ask(), asked.length]).toEqual(['tenant-unknown', 'tenant-unknown', 1]);
    clock.advance(10_001);
    expect([await ask(), asked.length]).toEqual(['tenant-unknown', 2]);
  });

  it('is asked again by refresh, and for what was let go of', async () => {
    let name = 'one';
    const { asked, load: layers } = counted(() => ({ brand: { name } }));
    await using world = await load({ layers });
    await world.tenants.ready('acme');
    name = 'two';
    await world.tenants.refresh('acme');
    expect(world.tenants.settings('acme', BrandSettings).name).toBe('two');
    await world.tenants.evict('acme');
    expect([await brandOf(world, 'acme'), asked.length]).toEqual(['two', 3]);
  });

  it('that throws keeps a tenant that was served with what it had', async () => {
    let fails = false;
    const layers: TenantLoader = () => {
      if (fails) throw new Error('password is swordfish');
      return { brand: { name: 'one' } };
    };
    await using world = await load({ layers });
    await world.tenants.ready('acme');
    fails = true;
    await world.tenants.refresh('acme');
    expect(world.tenants.settings('acme', BrandSettings).name).toBe('one');
    const problem = world.tenants.health().quarantined.get('acme');
    expect(problem?.message).toContain('the function for it threw Error');
    expect(problem?.message).not.toContain('swordfish');
    expect(await caught(async () => world.tenants.ready('beta'))).toMatchObject({ code: 'tenant-unreadable' });
    fails = false;
    await world.tenants.refresh('acme');
    expect(world.tenants.health().status).toBe('ok');
  });

  it('that never answers is given up, and told to end', async () => {
    const clock = new FakeClock();
    const signals: AbortSignal[] = [];
    const layers: TenantLoader = async (_, { signal }) => {
      signals.push(signal);
      return new Promise(() => undefined);
    };
    await using world = await load({ layers }, false, clock);
    const asked = caught(async () => world.tenants.ready('acme'));
    await Promise.resolve();
    clock.advance(30_001);
    expect([(await asked).code, signals[0]?.aborted]).toEqual(['tenant-unreadable', true]);
  });

  it('that never answers does not hold up the end', async () => {
    const world = await load({ layers: async () => new Promise(() => undefined) });
    const asked = caught(async () => world.tenants.ready('acme'));
    await new Promise((resolve) => setImmediate(resolve));
    await world[Symbol.asyncDispose]();
    expect((await asked).category).toBe('tenant');
  });

  it('that answers something else is told so', async () => {
    // What TypeScript forbids, JavaScript may still answer.
    await using world = await load({ layers: (() => 'text') as unknown as TenantLoader });
    expect(await caught(async () => world.tenants.ready('acme'))).toMatchObject({ code: 'not-a-map' });
  });

  it('is bounded: tenants that are not asked for lately are let go of', async () => {
    const { load: layers } = counted((id) => ({ brand: { name: id } }));
    await using world = await load({ layers, limit: { tenants: 10 } });
    for (let at = 0; at < 100; at++) await world.tenants.ready(`t${String(at)}`);
    await new Promise((resolve) => setImmediate(resolve));
    expect(world.tenants.stats()).toMatchObject({ live: 10, known: 10 });
    await using small = await load({ layers, limit: { bytes: '20KiB' } });
    for (let at = 0; at < 100; at++) await small.tenants.ready(`t${String(at)}`);
    await new Promise((resolve) => setImmediate(resolve));
    const { live, bytes } = small.tenants.stats();
    expect([live > 1, bytes <= 20 * 1024]).toEqual([true, true]);
  });
});
