import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { createLayer, type SecureValue } from '../../src/core/index.js';
import { loadGeneration, Overlay, section, type Generation, type LoadOptions } from '../../src/runtime/index.js';
import { ConfigSection, MapOf, Merge, RestartRequired, Secure } from '../../src/sections/index.js';
import { object, yamlFile } from '../../src/sources/index.js';
import { temporaryFolder } from '../sources/file-fixtures.js';
import { issuesOf, loaded, refused } from './loading.js';

class Pool {
  @IsInt() max: number = 10;
  @IsInt() min: number = 1;
}

@ConfigSection('database')
class Database {
  @IsString() host: string = 'localhost';
  @IsInt() port: number = 5432;
  @ValidateNested() @Type(() => Pool) pool: Pool = new Pool();
  @Merge('append') @IsString({ each: true }) tags: readonly string[] = [];
  @IsOptional() @IsString() url?: string;
  @Secure({ optional: true }) password?: SecureValue<string>;
}

class Replica extends Database {
  override port: number = 6000;
}

@ConfigSection('stores')
class Stores {
  @MapOf(() => Pool) pools: Readonly<Record<string, Pool>> = {};
  @MapOf(() => String) labels: Readonly<Record<string, string>> = {};
}

const replica = section(Replica, { path: 'replica' });
const archive = section(Database, { path: 'archive', name: 'archive' });
const sections = [Database, replica, archive, Stores];

const shown = (generation: Generation, path: string): readonly string[] =>
  generation.explain(path).toString().split('\n');

describe('A map of settings with $extends', () => {
  it('has what it says itself, and all else from the one beside it, key by key, however long the chain', async () => {
    const { instances } = await loaded(sections, {
      database: { host: 'primary', port: 1, pool: { max: 2 }, tags: ['a'] },
      replica: { $extends: 'database', host: 'replica', pool: { min: 3 }, tags: ['b'] },
      archive: { $extends: 'replica', port: 9 },
    });
    expect(instances[1]).toMatchObject({ host: 'replica', port: 1, pool: { max: 2, min: 3 }, tags: ['b'] });
    expect(instances[2]).toMatchObject({ host: 'replica', port: 9, pool: { max: 2, min: 3 }, tags: ['b'] });
  });

  it('inherits what the other one is, defaults included, and what references come to there', async () => {
    const { instances } = await loaded(sections, {
      database: { url: 'db://${database.host}:${replica.pool.max}' },
      replica: { $extends: 'database', host: 'other' },
    });
    expect(instances[1]).toMatchObject({ host: 'other', port: 5432, url: 'db://localhost:10' });
  });

  it('is seen by references: to one setting, to the whole, and to a group in it', async () => {
    const { instances } = await loaded(sections, {
      database: { host: 'primary', pool: { max: 2 }, port: '${replica.pool.min}' },
      replica: { $extends: 'database', pool: { min: 3 }, url: '${replica.host}' },
      archive: '${replica}',
      stores: { pools: { one: '${replica.pool}' } },
    });
    expect(instances[1]).toMatchObject({ host: 'primary', port: 3, url: 'primary' });
    expect(instances[2]).toMatchObject({ host: 'primary', pool: { max: 2, min: 3 }, url: 'primary' });
    expect(instances[3]).toMatchObject({ pools: { one: { max: 2, min: 3 } } });
  });

  it('may be an entry of a map, or name another place by its whole path; in maps of data it is a key like others', async () => {
    const { instances } = await loaded(sections, {
      database: { pool: { max: 7, min: 7 } },
      stores: {
        pools: { small: { max: 2 }, large: { $extends: 'small', min: 0 }, far: { $extends: 'database.pool', max: 8 } },
        labels: { $extends: 'nobody' },
      },
    });
    expect(instances[3]).toMatchObject({
      pools: { small: { max: 2, min: 1 }, large: { max: 2, min: 0 }, far: { max: 8, min: 7 } },
      labels: { $extends: 'nobody' },
    });
  });

  it('is decided by the highest source that says it, and taken away with !unset', async () => {
    const low = object({ database: { port: 1 }, archive: { port: 2 }, replica: { $extends: 'database' } });
    const [moved, gone] = [{ $extends: 'archive' }, { $extends: '!unset' }];
    expect((await loaded(sections, [low])).instances[1]).toMatchObject({ port: 1 });
    expect((await loaded(sections, [low, object({ replica: moved })])).instances[1]).toMatchObject({ port: 2 });
    expect((await loaded(sections, [low, object({ replica: gone })])).instances[1]).toMatchObject({ port: 6000 });
    const unset = { archive: { host: 'a' }, replica: { $extends: 'archive', host: 'b' } };
    const both = await loaded(sections, [object(unset), object({ replica: { host: '!unset' } })]);
    expect(both.instances[1]).toMatchObject({ host: 'a' });
    expect(shown(both, 'replica.host').slice(0, 2)).toEqual(['replica.host = "a"', '  from archive.host (object)']);
  });

  it('is explained: where the value stands, and through whom it came', async () => {
    const folder = await temporaryFolder({
      'app.yaml':
        'database:\n  host: primary\n  port: 7\nreplica:\n  $extends: database\n  host: own\narchive:\n  $extends: replica\n',
    });
    const generation = await loaded(sections, [yamlFile(join(folder, 'app.yaml'), { name: 'app.yaml' })]);
    expect(shown(generation, 'archive.port')).toEqual([
      'archive.port = 7',
      '  from database.port (app.yaml:3:9)',
      '  through $extends: replica, $extends: database',
      '  over database.port (default): 5432',
      '  over replica.port (default): 6000',
      '  over archive.port (default): 5432',
    ]);
    expect(shown(generation, 'archive.host').slice(0, 4)).toEqual([
      'archive.host = "own"',
      '  from replica.host (app.yaml:6:9)',
      '  through $extends: replica',
      '  over database.host (app.yaml:2:9): "primary"',
    ]);
    expect(generation.describe().find(({ path }) => path === 'archive.port')?.origin).toMatchObject({ line: 3 });
  });

  it('is moved by a reload of what it inherits, and by nothing else', async () => {
    const values = { database: { port: 1 }, replica: { $extends: 'database', host: 'r' }, archive: { host: 'a' } };
    const options: LoadOptions = { sections, sources: [{ load: () => values }], environment: 'test', env: {} };
    const first = await loadGeneration(options);
    values.archive = { host: 'b' };
    const second = await loadGeneration(
      { ...options, sources: [{ load: () => ({ ...values }) }] },
      { previous: first },
    );
    expect(second.instances[1]).toBe(first.instances[1]);
    const moved = { ...values, database: { port: 2 } };
    const third = await loadGeneration({ ...options, sources: [{ load: () => moved }] }, { previous: second });
    expect(third.instances[1]).toMatchObject({ host: 'r', port: 2 });
    expect(third.instances[2]).toBe(second.instances[2]);
  });
});

describe('A map of settings whose $extends is wrong', () => {
  it('is told where it says so, with the way out', async () => {
    const codes = await issuesOf([...sections], {
      $extends: 'x',
      database: { $extends: 'databse' },
      replica: { $extends: 5, hots: 1 },
      archive: { $extends: 'a..b' },
      stores: { pools: { one: { $extends: 'two' }, three: { $extends: 'database.port' } } },
    });
    expect(codes).toEqual([
      'malformed-extends $extends: the root has no entry beside it that it could inherit from',
      'malformed-extends replica.$extends: must be the name of the entry that is inherited',
      'malformed-extends archive.$extends: must be the name of the entry that is inherited, and cannot be read',
      'unresolved-reference database.$extends: inherits from databse, which no source sets',
      'unresolved-reference stores.pools.one.$extends: inherits from stores.pools.two, which no source sets',
      'unresolved-reference stores.pools.three.$extends: inherits from database.port, which is not a map of settings',
      'unknown-key replica.hots: is not a known key',
    ]);
  });

  it('is named with all members of a circle, and their places', async () => {
    const error = await refused(sections, {
      database: { $extends: 'archive' },
      replica: { $extends: 'database' },
      archive: { $extends: 'replica' },
    });
    expect(error.message.split('\n')).toEqual([
      '1 setting is not valid (test):',
      '  - database.$extends: inherits from itself: database -> archive -> replica -> database',
      '    from database.$extends (object)',
      '    and archive.$extends (object)',
      '    and replica.$extends (object)',
      '    Write out the settings of one of them.',
    ]);
  });

  it('cannot stand above sections, which inherit one by one', async () => {
    const nested = [
      section(Pool, { path: 'pools.a', name: 'a' }),
      section(Pool, { path: 'pools.b', name: 'b' }),
      Database,
    ];
    const wrong = { pools: { $extends: 'database', a: {} }, modules: { m: { pools: { $extends: 'x' } } } };
    const message = 'sections lie below it (a, b), which it cannot inherit for';
    expect(await issuesOf(nested, wrong)).toEqual([
      `malformed-extends pools.$extends: ${message}`,
      `malformed-extends modules.m.pools.$extends: ${message}`,
    ]);
    const { instances } = await loaded(nested, { pools: { a: { max: 3 }, b: { $extends: 'a' } } });
    expect(instances[1]).toMatchObject({ max: 3 });
  });
});

describe('A secret that is inherited', () => {
  it('stays one, wherever it comes to', async () => {
    const { instances, ...generation } = await loaded(sections, {
      database: { password: 'hunter2', url: 'db://${database.password}@host' },
      replica: { $extends: 'database' },
    }).catch((error: unknown) => ({ instances: [], error }));
    expect(JSON.stringify([instances, generation])).not.toContain('hunter2');
    const whole = await loaded(sections, { database: { password: 'hunter2' }, replica: { $extends: 'database' } });
    const { password } = whole.get(Replica);
    expect(password?.use((text) => text)).toBe('hunter2');
    expect(String(whole.explain('replica'))).not.toContain('hunter2');
    expect(shown(whole, 'replica.password').slice(0, 3)).toEqual([
      'replica.password = [secure]',
      '  from database.password (object)',
      '  through $extends: database',
    ]);
  });

  it('is refused by a field that does not keep secrets', async () => {
    class Open {
      @IsOptional() @IsString() password?: string;
    }
    const open = section(Open, { path: 'open' });
    const error = await refused([Database, open], {
      database: { password: 'hunter2' },
      open: { $extends: 'database' },
    });
    expect(error.issues.map(({ path, origin }) => [path.join('.'), origin?.key])).toEqual([
      ['open.password', 'database.password'],
    ]);
    expect(error.message).not.toContain('hunter2');
  });
});

describe('$extends in what lies over a generation', () => {
  const values = {
    database: { host: 'base', port: 1 },
    replica: { $extends: 'database', host: 'r' },
    archive: { host: 'a', port: 3 },
  };

  it('follows a module: what the module overrides is inherited there, and it may inherit by itself', async () => {
    const modules = { billing: { database: { port: 2 } }, shipping: { replica: { $extends: 'archive' } } };
    const generation = await loaded(sections, { ...values, modules });
    expect(generation.view('billing').instances[1]).toMatchObject({ host: 'r', port: 2 });
    expect(generation.view('shipping').instances[1]).toMatchObject({ host: 'r', port: 3 });
    expect(generation.view('billing').instances[2]).toBe(generation.instances[2]);
    expect(shown(generation.view('billing'), 'replica.port').slice(1, 3)).toEqual([
      '  from modules.billing.database.port (object)',
      '  through $extends: database',
    ]);
  });

  it('follows an overlay, which leaves alone whoever inherits nothing of what it says', async () => {
    const options: LoadOptions = { sections, sources: [object(values)], environment: 'test', env: {} };
    const parent = await loadGeneration(options);
    const layer = createLayer({ name: 'tenant', tree: { database: { port: 8 } } });
    const { instances } = await new Overlay(parent, [layer], options).generation();
    expect(instances[1]).toMatchObject({ host: 'r', port: 8 });
    expect(instances[2]).toBe(parent.instances[2]);
    const shadowed = new Overlay(
      parent,
      [createLayer({ name: 'tenant', tree: { database: { host: 'unseen' } } })],
      options,
    );
    expect((await shadowed.generation()).instances[1]).toBe(parent.instances[1]);
  });

  it('passes on what waits for a restart as it is in use', async () => {
    @ConfigSection('server')
    class Server {
      @IsInt() @RestartRequired() port: number = 80;
    }
    const mirror = section(Pool, { path: 'mirror' });
    class Port {
      @IsInt() port: number = 1;
    }
    const copy = section(Port, { path: 'copy' });
    let port = 80;
    const options: LoadOptions = {
      sections: [Server, copy, mirror],
      sources: [{ load: () => ({ server: { port }, copy: { $extends: 'server' } }) }],
      environment: 'test',
      env: {},
    };
    const first = await loadGeneration(options);
    port = 90;
    const second = await loadGeneration(options, { previous: first });
    expect([second.instances[0], second.instances[1]]).toEqual([{ port: 80 }, { port: 80 }]);
  });
});
