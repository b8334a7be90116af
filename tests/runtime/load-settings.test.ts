import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { expectTypeOf } from 'expect-type';
import { ConfigError, type ConfigSource } from '../../src/core/index.js';
import { loadSettings, section, type SettingsOptions } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { cliArgs, object, processEnv } from '../../src/sources/index.js';

@ConfigSection('http')
class HttpSettings {
  @IsInt() port: number = 80;
}

@ConfigSection('orders.database')
class DatabaseSettings {
  @IsString() host: string = 'localhost';
  @IsInt() poolSize: number = 10;
}

/** The paths and hints of what is wrong, and none when nothing is. */
async function issuesOf(loading: Promise<unknown>): Promise<readonly (readonly [string, string | undefined])[]> {
  try {
    await loading;
    return [];
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return error.issues.map(({ path, hint }) => [path.join('.'), hint]);
  }
}

const from = (...sources: readonly ConfigSource[]): SettingsOptions => ({ sources });
const variables = (env: Record<string, string>): SettingsOptions => from(processEnv({ prefix: 'APP_', env }));

describe('loadSettings of several sections', () => {
  it('gives them in their order, each typed as what it is', async () => {
    const options = from(object({ http: { port: 1 }, orders: { database: { host: 'db' } }, replica: { host: 'r' } }));
    const replica = section(DatabaseSettings, { path: 'replica', name: 'replica' });
    const loaded = await loadSettings([HttpSettings, DatabaseSettings, replica], options);
    expectTypeOf(loaded).toEqualTypeOf<readonly [HttpSettings, DatabaseSettings, DatabaseSettings]>();
    expect(loaded).toEqual([{ port: 1 }, { host: 'db', poolSize: 10 }, { host: 'r', poolSize: 10 }]);
    expect(loaded[0]).toBeInstanceOf(HttpSettings);
  });

  it('reads each source once', async () => {
    let reads = 0;
    const load = (): object => ({ http: { port: ++reads } });
    const [http] = await loadSettings([HttpSettings, DatabaseSettings], from({ load }));
    expect([http.port, reads]).toEqual([1, 1]);
  });

  it('tells all mistakes of all sections, and every key that is none of theirs', async () => {
    const tree = { http: { port: 'many' }, orders: { database: { poolSize: 'few' }, other: 1 }, vendor: {} };
    const issues = await issuesOf(loadSettings([HttpSettings, DatabaseSettings], from(object(tree))));
    expect(issues.map(([path]) => path).toSorted()).toEqual([
      'http.port',
      'orders.database.poolSize',
      'orders.other',
      'vendor',
    ]);
  });

  it('needs at least one', async () => {
    await expect(loadSettings([], from())).rejects.toThrow(
      new TypeError('sections must be a list of one settings class or more; got an empty list.'),
    );
  });
});

describe('loadSettings of one section', () => {
  it('leaves to others what is theirs', async () => {
    const tree = {
      vendor: { port: 1 },
      orders: { queue: { poolSize: 1 }, databases: { host: 'x' } },
      https: { port: 1 },
      htp: { timeout: 1 },
    };
    expect(await issuesOf(loadSettings(DatabaseSettings, from(object(tree))))).toEqual([]);
    expect(await issuesOf(loadSettings(HttpSettings, from(object(tree))))).toEqual([]);
    expect(await issuesOf(loadSettings(HttpSettings, variables({ APP_VENDOR_PORT: '1', APP_HTTPS: 'x' })))).toEqual([]);
    expect(await issuesOf(loadSettings(HttpSettings, from(cliArgs({ argv: ['--vendor-port', '1'] }))))).toEqual([]);
  });

  it('tells that a variable runs its keys together', async () => {
    expect(await issuesOf(loadSettings(HttpSettings, variables({ APP_HTTP_PORT: '8080' })))).toEqual([
      ['httpPort', 'Did you mean APP_HTTP__PORT?'],
    ]);
    expect(await issuesOf(loadSettings(DatabaseSettings, variables({ APP_ORDERS_DATABASE_POOL_SIZE: '1' })))).toEqual([
      ['ordersDatabasePoolSize', 'Did you mean APP_ORDERS__DATABASE__POOL_SIZE?'],
    ]);
  });

  it('tells that an option runs its keys together', async () => {
    expect(await issuesOf(loadSettings(HttpSettings, from(cliArgs({ argv: ['--http-port', '8080'] }))))).toEqual([
      ['http-port', 'Did you mean --http.port?'],
    ]);
  });

  it.each([
    [{ htpp: { port: 8080 } }, HttpSettings, ['htpp', 'Did you mean http?']],
    [{ orders: { databse: { poolSize: 1 } } }, DatabaseSettings, ['orders.databse', 'Did you mean orders.database?']],
    [{ ordres: { database: {} } }, DatabaseSettings, ['ordres', 'Did you mean orders?']],
  ])('tells that a key is almost its own and holds what it would: %j', async (tree, target, issue) => {
    expect(await issuesOf(loadSettings<object>(target, from(object(tree))))).toEqual([issue]);
  });

  it("takes a key for another's where its own is beside it", async () => {
    const http = await loadSettings(HttpSettings, from(object({ http: { port: 1 }, htpp: { port: 2 } })));
    expect(http.port).toBe(1);
  });

  it('heeds what is said of unknown keys', async () => {
    const options = { ...variables({ APP_HTTP_PORT: '8080' }), unknownKeys: 'ignore' } as const;
    expect(await loadSettings(HttpSettings, options)).toEqual({ port: 80 });
    const foreign = { ...from(object({ htpp: { port: 8080 } })), foreignKeys: ['htpp'] };
    expect(await loadSettings(HttpSettings, foreign)).toEqual({ port: 80 });
  });
});
