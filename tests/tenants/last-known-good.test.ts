import { createHash } from 'node:crypto';
import { appendFile, chmod, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import type { ConfigModuleOptions } from '../../src/container/index.js';
import type { ConfigSource } from '../../src/core/index.js';
import { Secure, type SecureValue } from '../../src/index.js';
import {
  type ExaminedTenants,
  lastKnownGood,
  loadGeneration,
  planLoad,
  withRecovery,
} from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { defineTenants, tenantFolder, type TenantsOptions } from '../../src/tenants/index.js';
import { testKeyring } from '../../src/testing/index.js';
import { temporaryFolder } from '../sources/file-fixtures.js';
import { caught } from '../sources/caught.js';
import { documents, TenantWorld } from './tenant-world.js';

@ConfigSection('http')
class HttpSettings {
  @IsInt() port: number = 80;
  @IsString() hostName: string = 'h';
}

@ConfigSection('mail')
class MailSettings {
  @Secure({ level: 'encrypt', audit: 'best-effort', optional: true }) readonly password?: SecureValue<string>;
}

const SECTIONS = [HttpSettings, MailSettings];
const keyring = testKeyring({ app: 'orders' });
const SECRETS = { secrets: { keyring, app: 'orders' } } satisfies Partial<ConfigModuleOptions>;

/** A source of documents that nobody can reach. */
const OUT_OF_REACH: ConfigSource = {
  name: 'tenants',
  load: () => {
    throw new Error('connect ECONNREFUSED 10.0.0.7:443');
  },
};

type Said = Readonly<Record<string, object>>;

class Host {
  readonly folder: string;
  readonly #load: Partial<ConfigModuleOptions>;

  private constructor(folder: string, load: Partial<ConfigModuleOptions>) {
    this.folder = folder;
    this.#load = load;
  }

  static async with(load: Partial<ConfigModuleOptions> = {}): Promise<Host> {
    return new Host(await temporaryFolder(), load);
  }

  async start(said: Said, options: Partial<TenantsOptions> = {}): Promise<TenantWorld> {
    const load = { ...this.#load, lastKnownGood: lastKnownGood({ folder: this.folder }) };
    return TenantWorld.of(SECTIONS, {}, said, { lastKnownGood: true, ...options, load });
  }

  /** A process that serves some tenants, and ends. */
  async serve(said: Said, ids: readonly string[] = Object.keys(said)): Promise<void> {
    await using world = await this.start(said);
    for (const id of ids) await world.tenants.ready(id);
  }

  async copies(): Promise<readonly string[]> {
    return (await readdir(join(this.folder, 'tenants')).catch(() => [])).toSorted();
  }

  async files(): Promise<readonly string[]> {
    const names = await Promise.all(
      (await this.copies()).map(async (copy) => {
        const folder = join(this.folder, 'tenants', copy);
        return (await readdir(folder)).map((name) => join(folder, name));
      }),
    );
    return names.flat();
  }
}

describe('a start while the documents of tenants are out of reach', () => {
  it('serves those that were served before, and says so', async () => {
    const host = await Host.with();
    await host.serve({ acme: { http: { port: 1, 'host-name': 'a' } }, beta: { http: { port: 2 } }, gamma: {} }, [
      'acme',
      'gamma',
    ]);
    await using world = await host.start({}, { layers: OUT_OF_REACH });
    const { tenants } = world;
    expect(tenants.ids.toSorted()).toEqual(['acme', 'gamma']);
    await tenants.ready('acme');
    expect(tenants.settings('acme', HttpSettings)).toMatchObject({ port: 1, hostName: 'a' });
    expect(tenants.explain('acme', 'http.port').toString()).toContain('last known good of tenants acme');
    expect(await caught(async () => tenants.ready('beta'))).toMatchObject({ code: 'tenant-unknown' });
    const { status, restored, quarantined, problems } = tenants.health();
    expect([status, [...restored.keys()], quarantined.size]).toEqual(['degraded', ['acme'], 0]);
    expect(problems).toEqual([expect.stringMatching(/^tenants is stale: what it said before is in use\. /)]);
  });

  it('goes back to the documents when they can be read again', async () => {
    const host = await Host.with();
    await host.serve({ acme: { http: { port: 1 } }, beta: {} });
    const source: { said?: Said } = {};
    const layers: ConfigSource = {
      name: 'tenants',
      load: (context) => (source.said === undefined ? OUT_OF_REACH.load(context) : documents(source.said)),
    };
    await using world = await host.start({}, { layers });
    await world.tenants.ready('acme');
    source.said = { acme: { http: { port: 5 } } };
    await world.tenants.refresh();
    expect(world.tenants.settings('acme', HttpSettings).port).toBe(5);
    expect(world.tenants.ids).toEqual(['acme']);
    expect(world.tenants.health()).toMatchObject({ status: 'ok', restored: new Map() });
  });

  it('does the same for a function that is called for one tenant at a time', async () => {
    const host = await Host.with();
    {
      await using world = await host.start({}, { layers: () => ({ http: { port: 7 } }) });
      await world.tenants.ready('acme');
    }
    let isUp = false;
    const layers = (): object => {
      if (!isUp) throw new Error('connect ECONNREFUSED');
      return { http: { port: 8 } };
    };
    await using world = await host.start({}, { layers });
    const { tenants } = world;
    await tenants.ready('acme');
    expect(tenants.settings('acme', HttpSettings).port).toBe(7);
    expect([...tenants.health().quarantined.values()]).toMatchObject([{ cause: { code: 'tenant-unreadable' } }]);
    expect(await caught(async () => tenants.ready('beta'))).toMatchObject({ code: 'tenant-unreadable' });
    isUp = true;
    await tenants.refresh();
    expect(tenants.settings('acme', HttpSettings).port).toBe(8);
    expect(tenants.health()).toMatchObject({ status: 'ok', restored: new Map() });
  });

  it('fails where no tenant was ever served', async () => {
    const host = await Host.with();
    const start = async (): Promise<unknown> => host.start({}, { layers: OUT_OF_REACH });
    expect(await caught(start)).toMatchObject({ code: 'source-unreachable' });
  });
});

describe('a tenant whose document is not valid at the start', () => {
  it.each([{ http: { port: 'x' } }, { $tenant: 1 }, [1]])('goes on with its last known good: %j', async (bad) => {
    const host = await Host.with();
    await host.serve({ acme: { http: { port: 1 } }, beta: {} });
    for (let restart = 0; restart < 2; restart++) {
      await using world = await host.start({ acme: bad, beta: {} });
      await world.tenants.ready('acme');
      expect(world.tenants.settings('acme', HttpSettings).port).toBe(1);
      const { quarantined, restored } = world.tenants.health();
      expect([[...quarantined.keys()], [...restored.keys()]]).toEqual([['acme'], ['acme']]);
      if (restart === 0) continue;
      await world.say('acme', { http: { port: 3 } });
      expect(world.tenants.settings('acme', HttpSettings).port).toBe(3);
      expect(world.tenants.health()).toMatchObject({ status: 'ok', restored: new Map() });
    }
  });
});

describe('copies of tenants', () => {
  it('are not used when they are damaged, open to others, or of another tenant', async () => {
    const host = await Host.with();
    await host.serve({ acme: { http: { port: 1 } }, beta: { http: { port: 2 } }, gamma: {}, delta: {} });
    const files = await host.files();
    const of = async (id: string): Promise<string> => {
      for (const file of files) if ((await readFile(file, 'utf8')).includes(`"tenant:${id}"`)) return file;
      throw new Error('none');
    };
    await appendFile(await of('acme'), ' ');
    await chmod(await of('gamma'), 0o644);
    await rename(await of('beta'), await of('delta'));
    const start = async (): Promise<unknown> => host.start({}, { layers: OUT_OF_REACH });
    expect(await caught(start)).toMatchObject({ code: 'source-unreachable' });
  });

  it('hold secrets encrypted for their tenant, and are sealed for it', async () => {
    const host = await Host.with(SECRETS);
    const tokenOf = (id: string): object => ({
      mail: { password: keyring.encrypt(`of ${id}`, 'mail.password', id) },
    });
    await host.serve({ acme: tokenOf('acme'), beta: tokenOf('beta') });
    {
      await using world = await host.start({}, { layers: OUT_OF_REACH });
      await world.tenants.ready('acme');
      const password = world.tenants.run('acme', () =>
        world.tenants.settings('acme', MailSettings).password?.use((value) => value),
      );
      expect(password).toBe('of acme');
    }
    // The copy of one with the id of the other in it, and a checksum that is right: its seal does not open.
    const [one = '', other = ''] = await host.files();
    const [from, to] = (await readFile(one, 'utf8')).includes('tenant:acme') ? [one, other] : [other, one];
    const { snapshot, seal } = JSON.parse(await readFile(from, 'utf8')) as { snapshot: object; seal: string };
    const body = JSON.stringify(snapshot).replace('tenant:acme', 'tenant:beta');
    const sha256 = createHash('sha256').update(body).digest('hex');
    await rm(from);
    await writeFile(to, `{"sha256":"${sha256}","snapshot":${body},"seal":"${seal}"}\n`, { mode: 0o600 });
    const start = async (): Promise<unknown> => host.start({}, { layers: OUT_OF_REACH });
    expect(await caught(start)).toMatchObject({ code: 'source-unreachable' });
  });

  it('without a keyring hold no secret, and a tenant that needs one is refused with its path', async () => {
    const host = await Host.with({ secrets: { plain: 'allow' } });
    await host.serve({ acme: { mail: { password: 'hunter2' } } });
    const [file = ''] = await host.files();
    expect(await readFile(file, 'utf8')).not.toContain('hunter2');
    await using world = await host.start({}, { layers: OUT_OF_REACH });
    const error = await caught(async () => world.tenants.ready('acme'));
    expect(error.code).toBe('tenant-quarantined');
    expect(error.issues).toMatchObject([{ code: 'left-out', path: ['mail', 'password'] }]);
  });

  it('are not written again for what they say already', async () => {
    const host = await Host.with();
    await host.serve({ acme: { http: { port: 1 } } });
    await host.serve({ acme: { http: { port: 1 } } });
    expect(await host.files()).toHaveLength(1);
    await host.serve({ acme: { http: { port: 2 } } });
    expect(await host.files()).toHaveLength(2);
  });

  it('go with their tenant: paused, retired, or gone, also while nothing ran', async () => {
    const host = await Host.with();
    const all = { acme: {}, beta: {}, gamma: {}, delta: {} };
    await host.serve(all);
    {
      await using world = await host.start(all);
      await world.say('acme', undefined);
      await world.say('beta', { $tenant: { state: 'retired' } });
    }
    expect(await host.copies()).toHaveLength(2);
    await host.serve({ gamma: { $tenant: { state: 'paused' } } }, []);
    expect(await host.copies()).toHaveLength(0);
  });

  it('are erased with the document', async () => {
    const host = await Host.with();
    const folder = await temporaryFolder({ 'acme.yaml': 'http: { port: 1 }' });
    const layers = tenantFolder(folder);
    {
      await using world = await host.start({}, { layers });
      await world.tenants.ready('acme');
    }
    const options = {
      sections: SECTIONS,
      sources: [],
      environment: 'test',
      env: {},
      lastKnownGood: lastKnownGood({ folder: host.folder }),
    };
    const current = await loadGeneration(options);
    const tenants = defineTenants({ layers: withRecovery(layers, {}), lastKnownGood: true });
    // What defineTenants makes answers so; the floor of definitions knows nothing of tenants.
    const examined = (await tenants.examine({ plan: planLoad(options, false), options, current })) as ExaminedTenants;
    const found = await examined.kept('acme');
    if (found === undefined) throw new Error('nothing is kept');
    expect(found.names).toEqual([
      join(folder, 'acme.yaml'),
      join(host.folder, 'tenants', (await host.copies())[0] ?? ''),
    ]);
    await found.erase();
    await examined.close();
    expect([await readdir(folder), await host.copies()]).toEqual([[], []]);
  });
});

describe('what cannot be meant', () => {
  it('is refused: no folder, or the option of a source', async () => {
    const start = async (): Promise<unknown> => TenantWorld.of(SECTIONS, {}, {}, { lastKnownGood: true });
    await expect(start()).rejects.toThrow(/^defineTenants: lastKnownGood needs a folder; /);
    const layers = withRecovery(OUT_OF_REACH, { lastKnownGood: true });
    expect(() => defineTenants({ layers })).toThrow(
      /^defineTenants: layers must not have the option lastKnownGood of withRecovery; /,
    );
  });
});
