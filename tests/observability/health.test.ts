import { describe, expect, it } from '@jest/globals';
import { IsInt, IsOptional, IsString } from 'class-validator';
import { Container, inject, injectable } from 'inversify';
import { ConfigModule, ConfigPlugin } from '../../src/container/index.js';
import { ConfigError, type ConfigSource } from '../../src/core/index.js';
import { configHealth, healthResponse, readiness, type ConfigHealth } from '../../src/observability/index.js';
import { ReloadService, withRecovery } from '../../src/runtime/index.js';
import { ConfigSection, RestartRequired } from '../../src/sections/index.js';
import { FakeClock } from '../runtime/fake-clock.js';

@ConfigSection('http')
class HttpSettings {
  @IsInt() public port: number = 80;
  @RestartRequired() @IsString() public host: string = 'localhost';
  @IsOptional() @RestartRequired() @IsString() public password?: string;
}

@ConfigSection('mail')
class MailSettings {
  @IsString() public server: string = 'localhost';
}

@injectable()
class Mailer {
  constructor(@inject(MailSettings) public readonly mail: MailSettings) {}
}

interface World {
  readonly container: Container;
  readonly reloads: ReloadService;
  readonly clock: FakeClock;
  readonly reload: (values: object) => Promise<void>;
}

async function world(first: object = {}, second: ConfigSource = { load: () => ({}) }): Promise<World> {
  const container = new Container();
  container.register(ConfigPlugin);
  const clock = new FakeClock();
  let values = first;
  const source: ConfigSource = { name: 'app.yaml', load: () => values };
  const sections = [HttpSettings, MailSettings];
  await container.loadAsync(
    ConfigModule.fromOptions({
      sections,
      sources: [source, second],
      environment: 'test',
      env: {},
      clock,
    }),
  );
  const reloads = container.get(ReloadService);
  return {
    container,
    reloads,
    clock,
    reload: async (next) => {
      values = next;
      await reloads.reload('asked');
    },
  };
}

const NOW = new FakeClock().now();

describe('configHealth', () => {
  it('is healthy while the settings in use are what the sources say', async () => {
    const { reloads, clock } = await world();
    clock.advance(1_500);
    expect(configHealth(reloads)).toEqual({
      status: 'healthy',
      problems: [],
      generation: { number: 1, age: 1_500, reason: 'first load', trusted: true },
      sources: [
        { index: 0, source: 'app.yaml', status: 'ok', since: NOW, age: 1_500, attempts: 0 },
        { index: 1, source: 'source 2', status: 'ok', since: NOW, age: 1_500, attempts: 0 },
      ],
      sections: [
        { section: 'http', class: 'HttpSettings', generation: 1 },
        { section: 'mail', class: 'MailSettings', generation: 1 },
      ],
      wanted: [],
      participants: [],
      restartRequired: [],
      staleSingletons: [],
    } satisfies ConfigHealth);
  });

  it('tells in which generation each section changed last', async () => {
    const { reloads, reload } = await world();
    await reload({ http: { port: 81 } });
    await reload({ http: { port: 81 }, mail: { server: 'mx' } });
    expect(configHealth(reloads).sections.map(({ generation }) => generation)).toEqual([2, 3]);
  });

  it('is degraded after a rejected reload, says why, and heals with the next good one', async () => {
    const { reloads, clock, reload } = await world();
    clock.advance(10);
    await reload({ http: { port: 'many' } });
    const { status, lastRejection } = configHealth(reloads);
    await reload({ http: { port: 81 } });
    expect([status, lastRejection]).toEqual([
      'degraded',
      {
        code: 'invalid-settings',
        message: '1 setting is not valid (test): http.port must be an integer, got "many".',
        reason: 'asked',
        time: NOW + 10,
        attempts: 1,
        paths: ['http.port'],
      },
    ]);
    expect(configHealth(reloads)).toMatchObject({ status: 'healthy', problems: [] });
  });

  it('names the first settings that are wrong, and how many there are besides', async () => {
    const { reloads, reload } = await world();
    await reload({ http: { port: 'many', hots: 1, prot: 2, hast: 3, bort: 4 } });
    const [problem] = configHealth(reloads).problems;
    expect(problem).toMatch(/^The last reload was rejected: 5 settings are not valid \(test\): http\.\S+ /);
    expect(problem).toMatch(/; and 2 more\.$/);
  });

  it('says of a file that cannot be read what is wrong in it', async () => {
    const broken: { name: string; load: () => object } = { name: 'limits', load: () => ({}) };
    const { reloads } = await world({}, broken);
    broken.load = () => {
      throw new ConfigError({
        code: 'invalid-yaml',
        category: 'parse',
        message: 'limits.yaml cannot be read as YAML.',
        issues: [{ code: 'invalid-yaml', path: [], message: 'expected ":" after the key' }],
      });
    };
    await reloads.reload('asked');
    expect(configHealth(reloads).problems).toEqual([
      'The last reload was rejected: limits.yaml cannot be read as YAML: expected ":" after the key.',
      'The source limits cannot be used as it is, and reloads wait until it can: limits.yaml cannot be read as YAML.',
    ]);
  });

  it('says what another source wants while one is bad, and that it waits', async () => {
    const broken: { name: string; load: () => object } = { name: 'limits', load: () => ({}) };
    const { reloads, reload } = await world({}, broken);
    broken.load = () => {
      throw new ConfigError({
        code: 'invalid-yaml',
        category: 'parse',
        message: 'limits.yaml cannot be read as YAML.',
      });
    };
    await reload({ http: { port: 81 } });
    const health = configHealth(reloads);
    expect(health.sources[0]).toMatchObject({ status: 'ok', inUse: false });
    expect(health.wanted).toEqual([{ index: 0, source: 'app.yaml', why: 'blocked' }]);
    expect(health.problems).toContain('The current values of the source app.yaml wait until every source can be used.');
    broken.load = () => ({});
    await reload({ http: { port: 81 } });
    expect(configHealth(reloads)).toMatchObject({ status: 'healthy', wanted: [], generation: { number: 2 } });
  });

  it('is degraded while defaults stand in for a source', async () => {
    const source: ConfigSource = { name: 'settings server', load: () => Promise.reject(new Error('ECONNRESET')) };
    const { reloads } = await world({}, withRecovery(source, { defaults: true, retry: false }));
    expect(configHealth(reloads)).toMatchObject({
      status: 'degraded',
      problems: ['The source settings server cannot be read; defaults are in use instead.'],
    });
  });

  it('is degraded while a setting waits for a restart, and shows no secret', async () => {
    const { reloads, reload } = await world({ http: { password: 'hunter1' } });
    await reload({ http: { host: 'db', password: 'hunter2' } });
    const health = configHealth(reloads);
    expect(health.status).toBe('degraded');
    expect(health.restartRequired).toEqual([
      { path: 'http.host', before: 'localhost', after: 'db' },
      { path: 'http.password', before: '[secure]', after: '[secure]' },
    ]);
    expect(healthResponse(health).body).not.toContain('hunter');
  });

  it('is degraded while a singleton keeps old settings', async () => {
    const { container, reloads, reload } = await world();
    container.bind(Mailer).toSelf().inSingletonScope();
    container.get(Mailer);
    await reload({ mail: { server: 'mx' } });
    const { status, problems, staleSingletons } = configHealth(reloads);
    expect([status, staleSingletons.map(({ consumer }) => consumer)]).toEqual(['degraded', ['Mailer']]);
    expect(problems).toEqual(['Mailer keeps old settings of mail. Inject its monitor: @InjectMonitor(MailSettings).']);
  });

  it('is degraded while the audit log does not work, and says why', async () => {
    const container = new Container();
    const audit: { record(): Promise<void>; problem?: string } = { record: async () => Promise.resolve() };
    await container.loadAsync(
      ConfigModule.fromOptions({
        sections: [MailSettings],
        sources: [],
        environment: 'test',
        env: {},
        secrets: { audit },
      }),
    );
    expect(configHealth(container.get(ReloadService)).status).toBe('healthy');
    audit.problem = 'The audit sink collector does not answer.';
    expect(configHealth(container.get(ReloadService))).toMatchObject({ status: 'degraded', problems: [audit.problem] });
    await container.get(ReloadService).close();
  });

  it('is degraded while a source with a recovery policy is stale, and healthy once it answers', async () => {
    let isDown = false;
    const source: ConfigSource = {
      name: 'settings server',
      load: () => (isDown ? Promise.reject(new Error('ECONNRESET')) : {}),
    };
    const { reloads, clock } = await world({}, withRecovery(source, { retry: false }));
    clock.advance(300_400);
    const ask = async (down: boolean): Promise<ConfigHealth> => {
      isDown = down;
      await reloads.reload('asked');
      return configHealth(reloads);
    };
    const { status, problems, sources } = await ask(true);
    expect([status, problems]).toEqual([
      'degraded',
      ['The source settings server cannot be read; its last answer (5m ago) is in use.'],
    ]);
    expect(sources.map((health) => [health.source, health.status, health.code])).toEqual([
      ['app.yaml', 'ok', undefined],
      ['settings server', 'stale', 'source-unreachable'],
    ]);
    expect((await ask(false)).status).toBe('healthy');
  });

  it('is unhealthy once the reload service has been closed', async () => {
    const { reloads } = await world();
    await reloads.close();
    expect(configHealth(reloads)).toMatchObject({
      status: 'unhealthy',
      problems: ['The reload service has been closed.'],
    });
  });

  it('is unhealthy where nothing has been loaded', () => {
    expect(configHealth(undefined)).toMatchObject({ status: 'unhealthy', problems: ['No settings have been loaded.'] });
  });
});

describe('healthResponse', () => {
  it('answers 200 with the whole report as JSON while the program can work', async () => {
    const { reloads, reload } = await world();
    await reload({ http: { port: 'many' } });
    const health = configHealth(reloads);
    const { statusCode, headers, body } = healthResponse(health);
    expect([statusCode, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    expect(JSON.parse(body)).toEqual(health);
  });

  it('answers 503 when it cannot', () => {
    expect(healthResponse(configHealth(undefined)).statusCode).toBe(503);
  });

  it('writes values that JSON has no word for as text', () => {
    const restartRequired = [{ path: 'a', before: 1n, after: Infinity }];
    const { body } = healthResponse({ ...configHealth(undefined), restartRequired });
    expect(JSON.parse(body)).toMatchObject({ restartRequired: [{ path: 'a', before: '1', after: 'Infinity' }] });
  });
});

describe('readiness', () => {
  it('takes degraded for ready', async () => {
    const { reloads, reload } = await world();
    await reload({ http: { port: 'many' } });
    const { statusCode, body } = readiness(configHealth(reloads));
    expect([statusCode, JSON.parse(body)]).toEqual([200, { ready: true, status: 'degraded' }]);
  });

  it('takes unhealthy for not ready', () => {
    const { statusCode, body } = readiness(configHealth(undefined));
    expect([statusCode, JSON.parse(body)]).toEqual([503, { ready: false, status: 'unhealthy' }]);
  });
});
