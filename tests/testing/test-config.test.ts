import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, Min, ValidateNested } from 'class-validator';
import { Container, inject, injectable } from 'inversify';
import { ConfigSection, Duration, IsDuration, RequiredIn, Rule } from '../../src/sections/index.js';
import { ConfigStore, rule } from '../../src/runtime/index.js';
import { testConfig } from '../../src/testing/index.js';
import { caught } from '../sources/caught.js';

class PoolSettings {
  @IsInt() @Min(1) max = 10;
}

@ConfigSection('database')
class DatabaseSettings {
  @IsString() host = 'localhost';
  @IsInt() @Max(65_535) port = 5432;
  @IsDuration() timeout: Duration = Duration.of('10s');
  @ValidateNested() @Type(() => PoolSettings) pool: PoolSettings = new PoolSettings();
  @RequiredIn('production') @IsString() certificate = 'self-signed';
  @IsOptional() @IsString() user?: string;
}

@ConfigSection('http')
class HttpSettings {
  @IsInt() port = 80;

  @Rule('the port must not be the database default')
  isFree(): boolean {
    return this.port !== 5432;
  }
}

@injectable()
class Repository {
  constructor(@inject(DatabaseSettings) readonly settings: DatabaseSettings) {}
}

async function loaded(...parameters: Parameters<typeof testConfig>): Promise<Container> {
  const container = new Container();
  await container.loadAsync(testConfig(...parameters));
  return container;
}

describe('testConfig', () => {
  it('injects the defaults with what the test names over them', async () => {
    const container = await loaded([DatabaseSettings], { database: { port: 1 } });
    container.bind(Repository).toSelf();
    expect(container.get(Repository).settings).toMatchObject({ host: 'localhost', port: 1, pool: { max: 10 } });
  });

  it('injects the defaults alone when the test names nothing', async () => {
    const container = await loaded([DatabaseSettings]);
    expect(container.get(DatabaseSettings).port).toBe(5432);
  });

  it('takes precedence in a child container over what the application’s own module binds', async () => {
    const application = await loaded([DatabaseSettings, HttpSettings], { database: { port: 1 }, http: { port: 8080 } });
    application.bind(Repository).toSelf();
    const child = new Container({ parent: application });
    const module = testConfig([DatabaseSettings], { database: { port: 2 } }, { name: 'test' });
    await child.loadAsync(module);
    expect([child.get(Repository).settings.port, child.get(HttpSettings).port]).toEqual([2, 8080]);
    expect([
      application.get(Repository).settings.port,
      child.get(ConfigStore, { name: 'test' }).current.number,
    ]).toEqual([1, 1]);
    await child.unloadAsync(module);
    expect(child.get(Repository).settings.port).toBe(1);
  });

  it('takes raw values as a file would hold them, and typed ones', async () => {
    const values = { database: { port: '1', timeout: Duration.of('2s'), pool: { max: '3' } } };
    const settings = (await loaded([DatabaseSettings], values)).get(DatabaseSettings);
    expect(settings).toMatchObject({ port: 1, timeout: Duration.of('2s'), pool: { max: 3 } });
  });

  it('freezes what it injects', async () => {
    const settings = (await loaded([DatabaseSettings])).get(DatabaseSettings);
    expect([Object.isFrozen(settings), Object.isFrozen(settings.pool)]).toEqual([true, true]);
  });

  it('loads for the environment "test", or for the one that is named', async () => {
    const error = await caught(async () => loaded([DatabaseSettings], {}, { environment: 'production' }));
    expect((await loaded([DatabaseSettings])).get(ConfigStore).current.selectors).toEqual({ environment: 'test' });
    expect(error.issues.map(({ code, path }) => [code, path.join('.')])).toEqual([
      ['required', 'database.certificate'],
    ]);
  });

  it('reads nothing from the environment of the process', async () => {
    process.env['DATABASE__PORT'] = '1';
    process.env['UNO_REGION'] = 'eu-west-1';
    process.env['UNO_ENV'] = 'nonsense';
    try {
      const container = await loaded([DatabaseSettings]);
      const error = await caught(async () => loaded([DatabaseSettings], { database: { host: '${env:UNO_REGION}' } }));
      expect(container.get(DatabaseSettings).port).toBe(5432);
      expect(container.get(ConfigStore).current.selectors).toEqual({ environment: 'test' });
      expect(error.message).toContain('refers to the environment variable UNO_REGION, which is not set');
    } finally {
      for (const name of ['DATABASE__PORT', 'UNO_REGION', 'UNO_ENV']) Reflect.deleteProperty(process.env, name);
    }
  });

  it('reads no file, not even one that a reference names', async () => {
    const error = await caught(async () =>
      loaded([DatabaseSettings], { database: { host: '${file:package.json}', user: '${file:/etc/hostname:-nobody}' } }),
    );
    expect(error.issues.map(({ code }) => code)).toEqual(['file-refused', 'file-refused']);
    expect(error.message).toContain('refers to the file package.json, which is outside the folders that may be read');
  });

  it('gives references the variables that the test names', async () => {
    const values = { database: { host: '${env:DB_HOST}' } };
    const container = await loaded([DatabaseSettings], values, { env: { DB_HOST: 'db.test' } });
    expect(container.get(DatabaseSettings).host).toBe('db.test');
  });

  it('refuses unknown keys and wrong values, all at once, like ConfigModule', async () => {
    const values = { databse: {}, database: { prot: 1, port: 'x' } };
    const error = await caught(async () => loaded([DatabaseSettings, HttpSettings], values));
    expect(error.code).toBe('invalid-settings');
    expect(error.message).toBe(
      `3 settings are not valid (test):
  - database.port: must be an integer, got "x"
    from database.port (test values)
    Write digits as in 1500 or 1_500, without blanks.
  - databse: is not a known key
    from databse (test values)
    Did you mean database?
  - database.prot: is not a known key
    from database.prot (test values)
    Did you mean database.port?`,
    );
  });

  it('tolerates unknown keys when it is told to', async () => {
    const container = await loaded([HttpSettings], { other: 1 }, { unknownKeys: 'ignore' });
    expect(container.get(HttpSettings).port).toBe(80);
  });

  it('checks the rules of sections, and those over several', async () => {
    const values = { http: { port: 5432 } };
    const distinct = rule('ports must differ', [DatabaseSettings, HttpSettings], (db, http) => db.port !== http.port);
    const own = await caught(async () => loaded([HttpSettings], values));
    const crossed = await caught(async () =>
      loaded([DatabaseSettings, HttpSettings], { database: { port: 80 } }, { rules: [distinct] }),
    );
    expect(own.message).toContain('http: the port must not be the database default');
    expect(crossed.message).toContain('database: ports must differ');
  });

  it('keeps two containers apart', async () => {
    const [one, two] = await Promise.all([
      loaded([HttpSettings], { http: { port: 1 } }),
      loaded([HttpSettings], { http: { port: 2 } }),
    ]);
    expect([one.get(HttpSettings).port, two.get(HttpSettings).port]).toEqual([1, 2]);
  });

  it('refuses values that are no plain object', () => {
    expect(() => testConfig([HttpSettings], [])).toThrow(
      new TypeError('object: values must be a plain object; got an empty list.'),
    );
  });
});
