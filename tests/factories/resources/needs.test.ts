import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { Container } from 'inversify';
import { ConfigModule, ConfigPlugin, ConfigSection, section, type ModuleResource } from '../../../src/index.js';
import { pg, PostgresSettings } from '../../../src/factories/databases/pg/index.js';
import { outbox } from '../../../src/factories/outbox/index.js';
import { defineResource, InjectResource, resourceIdentifier } from '../../../src/factories/resources/index.js';
import { caught } from '../../sources/caught.js';
import { PretendClient } from './pretend-client.js';
import { world } from './world.js';

@ConfigSection('pool')
class PoolSettings {
  @IsString() readonly url: string = 'db.test';
  @IsInt() readonly max: number = 10;
}

@ConfigSection('orm')
class OrmSettings {
  @IsString() readonly schema: string = 'public';
}

/** A mapper on a pool, and what happens to both. */
function mapperOnPool() {
  const seen: string[] = [];
  const pool = defineResource({
    name: 'pool',
    from: PoolSettings,
    create: ({ settings }) => {
      seen.push(`make pool ${settings.url}`);
      return new PretendClient(settings.url, settings.max);
    },
    hot: {
      max: (client, max) => {
        client.timeout = max;
      },
    },
    close: async (client) => {
      seen.push(`close pool ${client.url}`);
      await client.close();
    },
  });
  const mapper = defineResource({
    name: 'mapper',
    from: OrmSettings,
    needs: { pool },
    create: ({ settings, needs }) => {
      seen.push(`make mapper ${settings.schema} on ${needs.pool.url}`);
      return new PretendClient(settings.schema, 0, needs.pool);
    },
    close: async (client) => {
      seen.push(
        `close mapper ${client.url} on ${String(client.below?.url)}, which is ${client.below?.isOpen === true ? 'open' : 'closed'}`,
      );
      await client.close();
    },
  });
  return { seen, pool, mapper };
}

const sections = [PoolSettings, OrmSettings];

describe('resources that need others', () => {
  it('are made after what they need, in whatever order they are listed, and closed before it', async () => {
    const { seen, pool, mapper } = mapperOnPool();
    const { container } = await world({ sections, resources: [mapper, pool] });
    await container.unbindAllAsync();
    expect(seen).toEqual([
      'make pool db.test',
      'make mapper public on db.test',
      'close mapper public on db.test, which is open',
      'close pool db.test',
    ]);
  });

  it('are replaced with what they need', async () => {
    const { seen, pool, mapper } = mapperOnPool();
    const { container, edit, reloads } = await world({ sections, resources: [mapper, pool] });
    await edit({ pool: { url: 'db-2.test' } });
    await expect(container.get(resourceIdentifier(mapper)).use((client) => client.below?.url)).resolves.toBe(
      'db-2.test',
    );
    await reloads.close();
    expect(seen).toEqual([
      'make pool db.test',
      'make mapper public on db.test',
      'make pool db-2.test',
      'make mapper public on db-2.test',
      'close mapper public on db.test, which is open',
      'close pool db.test',
      'close mapper public on db-2.test, which is open',
      'close pool db-2.test',
    ]);
  });

  it('stay when only a hot field of what they need has changed', async () => {
    const { seen, pool, mapper } = mapperOnPool();
    const { container, edit } = await world({ sections, resources: [pool, mapper] });
    await edit({ pool: { max: 20 } });
    expect(container.get(resourceIdentifier(pool)).current.timeout).toBe(20);
    expect(seen).toEqual(['make pool db.test', 'make mapper public on db.test']);
    await container.unbindAllAsync();
  });

  it('are replaced alone when only their own settings have changed', async () => {
    const { seen, pool, mapper } = mapperOnPool();
    const { container, edit } = await world({ sections, resources: [pool, mapper] });
    await edit({ orm: { schema: 'shop' } });
    expect(seen.slice(2)).toEqual(['make mapper shop on db.test', 'close mapper public on db.test, which is open']);
    await container.unbindAllAsync();
  });

  it('hold the old ones of what they need open while somebody uses them', async () => {
    const { seen, pool, mapper } = mapperOnPool();
    const { container, edit, reloads } = await world({ sections, resources: [pool, mapper] });
    let end: () => void = () => undefined;
    const using = container.get(resourceIdentifier(mapper)).use(
      async () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    await edit({ pool: { url: 'db-2.test' } });
    expect(seen.filter((line) => line.startsWith('close'))).toEqual([]);
    end();
    await using;
    await reloads.close();
    expect(seen.filter((line) => line.startsWith('close') && line.includes('db.test'))).toEqual([
      'close mapper public on db.test, which is open',
      'close pool db.test',
    ]);
  });

  it('make a lazy one that they need', async () => {
    const made: string[] = [];
    const lazy = defineResource({ name: 'lazy', lazy: true, create: () => made.push('lazy') });
    const eager = defineResource({
      name: 'eager',
      needs: { lazy },
      create: ({ needs }) => made.push(`on ${String(needs.lazy)}`),
    });
    const { container } = await world({ sections: [PoolSettings], resources: [eager, lazy] });
    expect(made).toEqual(['lazy', 'on 1']);
    await container.unbindAllAsync();
  });
});

describe('a module with resources', () => {
  const listed = (...resources: readonly ModuleResource[]) =>
    ConfigModule.fromOptions({ sections: [PoolSettings], sources: [], resources });

  it('refuses at once what could never be made', () => {
    const { pool, mapper } = mapperOnPool();
    expect(() => listed(mapper)).toThrow(
      'resources: "mapper" is made from OrmSettings; list OrmSettings under sections, too.',
    );
    const named = defineResource({
      name: 'replica',
      from: section(PoolSettings, { path: 'replica', name: 'replica' }),
      create: () => 1,
    });
    expect(() => listed(named)).toThrow(
      "resources: \"replica\" is made from PoolSettings; list section(PoolSettings, { path: '…', name: 'replica' }) under sections, too.",
    );
    const above = defineResource({ name: 'above', needs: { pool }, create: () => 1 });
    expect(() => listed(above)).toThrow('resources: above -> pool: list pool, too.');
    expect(() => listed(pool, mapperOnPool().pool)).toThrow(
      'resources: two are named "pool"; give each a name of its own.',
    );
    // As a caller without types could.
    expect(() => listed(PretendClient as unknown as ModuleResource)).toThrow(
      'resources[0]: list what defineResource(…) gives.',
    );
  });

  it('refuses resources that need each other in a circle', () => {
    // Definitions are made after what they need, so that only another kind of resource comes to this.
    const lone = { kind: 'loop', from: [], open: () => ({ handle: 1, prepare: async () => Promise.resolve({}) }) };
    const one = { ...lone, name: 'one', identifier: Symbol('one'), needs: [] as ModuleResource[] };
    one.needs.push({ ...lone, name: 'two', identifier: Symbol('two'), needs: [one] });
    expect(() => listed(one, ...one.needs)).toThrow('resources: one -> two -> one need each other.');
  });

  it('says where to list a resource that is injected and listed nowhere', async () => {
    const { pool } = mapperOnPool();
    class Reports {
      constructor(@InjectResource(pool) readonly pool: unknown) {}
    }
    const container = new Container();
    container.register(ConfigPlugin);
    await container.loadAsync(ConfigModule.fromOptions({ sections: [OrmSettings], sources: [], env: {} }));
    container.bind(Reports).toSelf();
    expect(await caught(() => container.get(Reports))).toMatchObject({
      code: 'resource-not-listed',
      message: expect.stringContaining('has the resource "pool". Reports needs it.'),
      recovery: expect.stringContaining('Add its definition to the resources of the ConfigModule'),
    });
  });

  it('says the same of a definition of another kind', async () => {
    const orders = outbox({ over: pg({ name: 'orders', from: PostgresSettings }), source: '/orders' });
    const container = new Container();
    container.register(ConfigPlugin);
    await container.loadAsync(ConfigModule.fromOptions({ sections: [OrmSettings], sources: [], env: {} }));
    expect(await caught(() => container.get(orders.identifier))).toMatchObject({
      code: 'resource-not-listed',
      message: expect.stringContaining(`has the resource "${orders.name}".`),
    });
  });

  it('refuses a resource that another module of the container binds', async () => {
    const { pool } = mapperOnPool();
    const container = new Container();
    await world({ sections: [PoolSettings], resources: [pool] }, {}, container);
    const second = ConfigModule.fromOptions({
      sections: [OrmSettings],
      sources: [],
      resources: [withoutSections(pool)],
    });
    const error = await caught(async () => container.loadAsync(second));
    expect(error.code).toBe('resource-bound-twice');
    expect(error.message).toContain('Two modules of one container bind the resource "pool".');
    await container.unbindAllAsync();
  });

  it('says what is wrong with a definition', () => {
    const define = (options: object) => () => defineResource(options as Parameters<typeof defineResource>[0]);
    expect(define({ create: () => 1 })).toThrow(
      'defineResource: name must be a string that is not empty; got nothing.',
    );
    expect(define({ name: 'a' })).toThrow('defineResource: create must be a function; got nothing.');
    expect(define({ name: 'a', create: () => 1, needs: { b: {} } })).toThrow(
      'defineResource: needs.b must be what defineResource(…) gives.',
    );
    expect(define({ name: 'a', create: () => 1, hot: { b: 1 } })).toThrow('defineResource: hot.b must be a function.');
    expect(define({ name: 'a', create: () => 1, drainTimeout: 'soon' })).toThrow(
      'defineResource: drainTimeout must be',
    );
    expect(() => InjectResource(undefined as unknown as ReturnType<typeof mapperOnPool>['pool'])).toThrow(
      'InjectResource(definition): give what defineResource(…) gives.',
    );
  });
});

/** The same resource for a module that does not load the sections again. */
function withoutSections(resource: ModuleResource): ModuleResource {
  return {
    name: resource.name,
    kind: resource.kind,
    identifier: resource.identifier,
    from: [],
    needs: [],
    open: (host) => resource.open(host),
  };
}
