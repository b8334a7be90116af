import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsObject, IsOptional, IsString, Min, ValidateNested } from 'class-validator';
import { ConfigSection, ListOf, MapOf, Rule, Secure, SecureValue } from '../../src/sections/index.js';
import { section } from '../../src/runtime/index.js';
import { issuesOf, loaded, made, refused } from '../runtime/loading.js';

class PoolSettings {
  @IsInt() @Min(1) max = 10;
  @IsString() name = 'pool';
}

class ServerSettings {
  @IsString() host!: string;
  @ValidateNested() @Type(() => PoolSettings) pool = new PoolSettings();
}

@ConfigSection('app')
class AppSettings {
  @ValidateNested() @Type(() => PoolSettings) pool = Object.assign(new PoolSettings(), { max: 20 });
  @ValidateNested({ each: true }) @Type(() => ServerSettings) servers: ServerSettings[] = [];
  @MapOf(() => PoolSettings) pools: Readonly<Record<string, PoolSettings>> = {};
  @IsOptional() @ValidateNested() @Type(() => ServerSettings) spare?: ServerSettings;
}

const app = async (values: object): Promise<AppSettings> => made(AppSettings, { app: values });
const wrong = async (values: object): Promise<readonly string[]> => issuesOf([AppSettings], { app: values });

describe('nested sections', () => {
  it('are instances of their classes, with their own defaults', async () => {
    const { pool, spare } = await app({ pool: { name: 'x' }, spare: { host: 'h' } });
    expect([pool, pool instanceof PoolSettings]).toEqual([{ max: 20, name: 'x' }, true]);
    expect([spare, spare?.pool instanceof PoolSettings]).toEqual([
      { host: 'h', pool: { max: 10, name: 'pool' } },
      true,
    ]);
  });

  it('keep what the initialiser of the parent changed, with values or without', async () => {
    expect((await app({})).pool).toEqual({ max: 20, name: 'pool' });
    expect((await app({ pool: {} })).pool.max).toBe(20);
    expect((await app({ pool: { max: '3' } })).pool.max).toBe(3);
  });

  it('stand in lists', async () => {
    const { servers } = await app({ servers: [{ host: 'a', pool: { max: 1 } }, { host: 'b' }] });
    expect(servers).toEqual([
      { host: 'a', pool: { max: 1, name: 'pool' } },
      { host: 'b', pool: { max: 10, name: 'pool' } },
    ]);
    expect(servers.every((server) => server instanceof ServerSettings && Object.isFrozen(server.pool))).toBe(true);
    expect(Object.isFrozen(servers)).toBe(true);
  });

  it('stand in maps', async () => {
    const { pools } = await app({ pools: { primary: { max: 2 }, 'a.b': {} } });
    expect(pools).toEqual({ primary: { max: 2, name: 'pool' }, 'a.b': { max: 10, name: 'pool' } });
    expect([pools['primary'] instanceof PoolSettings, Object.isFrozen(pools)]).toEqual([true, true]);
  });

  it('may be written as JSON text', async () => {
    const { pool, servers } = await app({ pool: '{"max":"4"}', servers: '[{"host":"h"}]' });
    expect([pool.max, servers[0]?.host]).toEqual([4, 'h']);
  });

  it('tell all that they need where they are not there at all', async () => {
    class CredentialSettings {
      @IsString() user!: string;
      @Secure() password!: SecureValue<string>;
      @IsOptional() @IsString() realm?: string;
    }
    class ReplicaSettings {
      @IsString() host!: string;
      @IsInt() port = 5432;
      @ValidateNested() @Type(() => CredentialSettings) login!: CredentialSettings;
      @ValidateNested({ each: true }) @Type(() => PoolSettings) pools!: PoolSettings[];
    }
    @ConfigSection('database')
    class DatabaseSettings {
      @ValidateNested() @Type(() => ReplicaSettings) replica!: ReplicaSettings;
      @IsOptional() @ValidateNested() @Type(() => ReplicaSettings) spare?: ReplicaSettings;
      @ValidateNested() @Type(() => PoolSettings) pool!: PoolSettings;
      @Rule('the replica must be elsewhere') isElsewhere(): boolean {
        return this.replica.host !== 'localhost';
      }
    }
    expect([...(await issuesOf([DatabaseSettings]))].sort()).toEqual([
      'missing database.replica.host: is not set; it must be a string',
      'missing database.replica.login.password: is not set; it must be a string',
      'missing database.replica.login.user: is not set; it must be a string',
      'missing database.replica.pools: is not set; it must be a list, each item a map of settings (PoolSettings)',
    ]);
  });

  it('end where a class needs one of its own kind inside', async () => {
    class NodeSettings {
      @ValidateNested() @Type(() => NodeSettings) next!: NodeSettings;
    }
    @ConfigSection('chain')
    class ChainSettings {
      @ValidateNested() @Type(() => NodeSettings) first!: NodeSettings;
    }
    expect(await issuesOf([ChainSettings])).toEqual([
      'missing chain.first.next: is not set; it must be a map of settings (NodeSettings)',
    ]);
  });

  it('tell what is wrong at its place', async () => {
    const values = {
      pool: { max: 0 },
      servers: [{ pool: { max: 'x' } }, 5, null],
      pools: { a: { max: -1 }, b: 'text', c: [1] },
      spare: 7,
    };
    expect([...(await wrong(values))].sort()).toEqual([
      'constraint app.pool.max: must not be less than 1, got 0',
      'constraint app.pools.a.max: must not be less than 1, got -1',
      'malformed-map app.pools.b: must be a map in JSON, got "text"',
      'missing app.servers.0.host: is not set; it must be a string',
      'missing app.servers.2: is empty; it must be a map of settings (ServerSettings)',
      'not-a-section app.pools.c: must be a map of settings (PoolSettings), got a list',
      'not-a-section app.servers.1: must be a map of settings (ServerSettings), got a number',
      'not-a-section app.spare: must be a map of settings (ServerSettings), got a number',
      'not-an-integer app.servers.0.pool.max: must be an integer, got "x"',
    ]);
  });

  it('say nothing of a parent whose nested settings were refused', async () => {
    class Outer {
      @IsString() @Min(1) name = 'x';
      @ValidateNested() @Type(() => PoolSettings) pool = new PoolSettings();
    }
    ConfigSection('outer')(Outer);
    const { issues } = await refused([Outer], { outer: { pool: { max: 0 } } });
    expect(issues.map(({ path, message }) => [path.join('.'), message])).toEqual([
      ['outer.pool.max', 'must not be less than 1, got 0'],
      ['outer.name', 'must not be less than 1, got "x"'],
    ]);
  });

  it('cannot be null, unless optional', async () => {
    expect(await wrong({ pool: null })).toEqual([
      'not-a-section app.pool: must be a map of settings (PoolSettings), got null',
    ]);
    expect((await app({ spare: null })).spare).toBeNull();
  });

  it('are taken as they are when they are instances already', async () => {
    expect((await app({ pool: Object.assign(new PoolSettings(), { max: 3 }) })).pool).toEqual({ max: 3, name: 'pool' });
    expect(await wrong({ pool: Object.assign(new PoolSettings(), { max: 0 }) })).toEqual([
      'constraint app.pool.max: must not be less than 1, got 0',
    ]);
  });

  it('are checked where only defaults stand', async () => {
    @ConfigSection('lists')
    class Lists {
      @ListOf(() => PoolSettings) list = [Object.assign(new PoolSettings(), { max: 0 })];
    }
    expect(await issuesOf([Lists])).toEqual(['constraint lists.list.0.max: must not be less than 1, got 0']);
  });
});

describe('a section', () => {
  it.each([
    [5, 'a single value'],
    ['text', 'a single value'],
    [[1], 'a list'],
  ])('is no %p', async (value, shape) => {
    expect(await issuesOf([AppSettings], { app: value })).toEqual([
      `not-a-section app: must be a map of settings, got ${shape}`,
    ]);
  });

  it('is not set to nothing by a null, which is an issue at its place', async () => {
    expect(await issuesOf([AppSettings], { app: null })).toEqual([
      'not-a-section app: must be a map of settings, got nothing (null)',
    ]);
  });

  it('may be used at several paths', async () => {
    const uses = [
      section(PoolSettings, { path: 'one', name: 'one' }),
      section(PoolSettings, { path: 'two', name: 'two' }),
    ];
    const { instances } = await loaded(uses, { one: { max: 1 }, two: { max: 2 } });
    expect(instances).toEqual([
      { max: 1, name: 'pool' },
      { max: 2, name: 'pool' },
    ]);
  });

  it('may sit inside another one, besides its fields', async () => {
    const { instances } = await loaded([AppSettings, section(PoolSettings, { path: 'app.inner' })], {
      app: { pool: { max: 1 }, inner: { max: 2 } },
    });
    expect(instances[1]).toEqual({ max: 2, name: 'pool' });
  });

  it('cannot sit where another one has a single value', async () => {
    const error = await refused([PoolSection, section(PoolSettings, { path: 'pool.max.inner' })]);
    expect([error.code, error.message]).toEqual([
      'ambiguous-key',
      `The section "pool.max.inner" sits where another section has the field "max".
Give one of the two sections another path.`,
    ]);
  });
});

@ConfigSection('pool')
class PoolSection extends PoolSettings {}

describe('frozen settings', () => {
  const SHARED_POOL = Object.assign(new PoolSettings(), { max: 7 });
  const SHARED_LIST = [Object.assign(new PoolSettings(), { max: 8 })];
  const SHARED_TAGS = { a: ['x'] };

  @ConfigSection('shared')
  class SharedSettings {
    @ValidateNested() @Type(() => PoolSettings) pool = SHARED_POOL;
    @ValidateNested() @Type(() => PoolSettings) frozen = Object.freeze(Object.assign(new PoolSettings(), { max: 9 }));
    @ListOf(() => PoolSettings) list = SHARED_LIST;
    @MapOf(() => PoolSettings) map = { first: SHARED_POOL };
    @IsObject() tags: object = SHARED_TAGS;
    @ListOf(() => String) names: readonly string[] = [];
  }

  it('are frozen all the way down', async () => {
    const { pool, list, tags, names, map } = await made(SharedSettings, { shared: { names: ['a'] } });
    const parts = [pool, list, list[0], names, map, map.first];
    expect(parts.map((part) => Object.isFrozen(part))).toEqual(parts.map(() => true));
    expect(Object.isFrozen(tags)).toBe(true);
  });

  it('leave defaults that others hold too as they were', async () => {
    await made(SharedSettings, { shared: { pool: { max: 1 }, frozen: { name: 'x' } } });
    expect([SHARED_POOL, SHARED_LIST, SHARED_TAGS]).toEqual([
      { max: 7, name: 'pool' },
      [{ max: 8, name: 'pool' }],
      { a: ['x'] },
    ]);
    const held = [SHARED_POOL, SHARED_LIST, SHARED_LIST[0], SHARED_TAGS, SHARED_TAGS.a];
    expect(held.map((part) => Object.isFrozen(part))).toEqual(held.map(() => false));
  });

  it('start from the same defaults each time', async () => {
    const first = await made(SharedSettings, { shared: { pool: { max: 1 }, frozen: { max: 2 } } });
    const second = await made(SharedSettings, { shared: { pool: { name: 'x' }, frozen: { name: 'y' } } });
    expect([first.pool, first.frozen]).toEqual([
      { max: 1, name: 'pool' },
      { max: 2, name: 'pool' },
    ]);
    expect([second.pool, second.frozen]).toEqual([
      { max: 7, name: 'x' },
      { max: 9, name: 'y' },
    ]);
  });
});

describe('a discriminator', () => {
  class Shape {
    @IsString() kind!: string;
  }
  class Circle extends Shape {
    @IsInt() radius = 1;
  }
  class Square extends Shape {
    @IsInt() side = 2;
  }
  const subTypes = [
    { name: 'circle', value: Circle },
    { name: 'square', value: Square },
  ];

  @ConfigSection('drawing')
  class Drawing {
    @IsOptional()
    @ValidateNested()
    @Type(() => Shape, { discriminator: { property: 'kind', subTypes }, keepDiscriminatorProperty: true })
    shape?: Shape;

    @ValidateNested({ each: true })
    @Type(() => Shape, { discriminator: { property: 'kind', subTypes }, keepDiscriminatorProperty: true })
    shapes: Shape[] = [];
  }

  it('chooses the class of a nested section', async () => {
    const { shape, shapes } = await made(Drawing, {
      drawing: { shape: { kind: 'circle', radius: '3' }, shapes: [{ kind: 'square' }, { kind: 'circle' }] },
    });
    expect([shape, shape instanceof Circle]).toEqual([{ kind: 'circle', radius: 3 }, true]);
    expect(shapes.map(({ constructor }) => constructor)).toEqual([Square, Circle]);
  });

  it('must name one of the classes', async () => {
    const issues = await issuesOf([Drawing], { drawing: { shape: { kind: 'star' }, shapes: [{}] } });
    expect(issues.toSorted()).toEqual([
      'missing drawing.shapes.0.kind: is not set; it must be one of circle, square',
      'not-in-enum drawing.shape.kind: must be one of circle, square',
    ]);
  });
});
