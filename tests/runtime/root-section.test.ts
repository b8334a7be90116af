import { describe, expect, it } from '@jest/globals';
import { IsInt, IsOptional, IsString, Max } from 'class-validator';
import {
  ConfigStore,
  loadGeneration,
  loadSettings,
  ReloadService,
  section,
  type ConfigEvent,
} from '../../src/runtime/index.js';
import { ConfigSection, Rule, Secure, type SecureValue } from '../../src/sections/index.js';
import { cliArgs, object, processEnv } from '../../src/sources/index.js';
import { issuesOf, loaded, refused } from './loading.js';

@ConfigSection('')
class Flat {
  @IsInt() @Max(9_999) port: number = 3000;
  @IsString() url: string = 'http://localhost:${port}';
  @IsOptional() @Secure() token?: SecureValue<string>;

  @Rule('the port must be even')
  even(): boolean {
    return this.port % 2 === 0;
  }
}

@ConfigSection('database')
class Database {
  @IsString() host: string = 'db-${port}';
}

describe('a section at the root', () => {
  it('has the keys of the root, from every source', async () => {
    const env = { APP_PORT: '8080' };
    const sources = [
      object({ port: 1, url: 'x' }),
      processEnv({ prefix: 'APP_', env }),
      cliArgs({ argv: ['--url', 'y'] }),
    ];
    const generation = await loaded([Flat], sources);
    expect(generation.get(Flat)).toMatchObject({ port: 8080, url: 'y' });
    expect(String(generation.explain('port'))).toBe(
      'port = 8080\n  from APP_PORT (environment): "8080"\n  over port (object): 1\n  over port (default): 3000',
    );
  });

  it('may stand beside others, which refer to it as it does to itself', async () => {
    const generation = await loaded([Flat, Database], { port: 80, database: { host: 'own-${url}' } });
    expect(generation.instances).toMatchObject([{ url: 'http://localhost:80' }, { host: 'own-http://localhost:80' }]);
    expect((await loaded([Flat, Database], { port: 80 })).get(Database).host).toBe('db-80');
  });

  it('knows which keys it has', async () => {
    const { issues } = await refused([Flat, Database], { prot: 1, datbase: {} });
    expect(issues.map(({ path, hint }) => [path, hint])).toEqual([
      [['prot'], 'Did you mean port?'],
      [['datbase'], 'Did you mean database?'],
    ]);
  });

  it('says what is wrong with it like any other', async () => {
    expect(await issuesOf([Flat], { port: 'x' })).toEqual(['not-an-integer port: must be an integer, got "x"']);
    expect(await issuesOf([Flat], { port: 10_000 })).toEqual([
      'constraint port: must not be greater than 9999, got 10000',
    ]);
    const error = await refused([Flat], { port: 81 });
    expect(error.message).toContain('the port must be even');
    expect(error.issues[0]?.path).toEqual([]);
  });

  it('is loaded alone, and placed there when its class sits elsewhere', async () => {
    expect(await loadSettings(Flat, { sources: [object({ port: 2 })], environment: 'test', env: {} })).toMatchObject({
      port: 2,
    });
    const generation = await loaded([section(Database, { path: '' })], { host: 'h' });
    expect(generation.get(Database).host).toBe('h');
  });

  it('changes without the sections below it, and they without it', async () => {
    let values: object = { port: 80, database: { host: 'a' } };
    const sources = [{ load: () => values }];
    const options = { sections: [Flat, Database], sources, environment: 'test', env: {} } as const;
    const store = new ConfigStore(await loadGeneration(options));
    const reloads = new ReloadService(store, options);
    const events: ConfigEvent[] = [];
    reloads.events.on((event) => void events.push(event));
    const [flat, database] = store.current.instances;
    values = { port: 80, database: { host: 'b' } };
    await reloads.reload('edited');
    expect([store.current.instances[0] === flat, store.current.instances[1] === database]).toEqual([true, false]);
    values = { port: 82, database: { host: 'b' } };
    await reloads.reload('edited');
    await reloads.events.drain();
    expect(events.at(-1)).toMatchObject({ sections: [{ section: '', changes: [{ path: 'port' }, { path: 'url' }] }] });
    await reloads.close();
  });
});
