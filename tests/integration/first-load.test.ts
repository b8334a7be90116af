import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsString, Max, Min, ValidateNested } from 'class-validator';
import { Container, injectable } from 'inversify';
import {
  ConfigModule,
  ConfigStore,
  ConfigSection,
  Duration,
  IsDuration,
  processEnv,
  yamlFile,
} from '../../src/index.js';
import { ConfigSandbox } from '../../src/testing/index.js';
import { caught } from '../sources/caught.js';

class PoolSettings {
  @IsInt() @Min(1) max = 10;
  @IsDuration() idle = Duration.of('10s');
}

@ConfigSection('database')
class DatabaseSettings {
  @IsString() host = 'localhost';
  @IsInt() @Min(1) @Max(65_535) port = 5432;
  @IsBoolean() tls = false;
  @ValidateNested() @Type(() => PoolSettings) pool = new PoolSettings();
}

@injectable()
class Repository {
  constructor(readonly settings: DatabaseSettings) {}
}

describe('a service', () => {
  it('gets validated, frozen settings from files and the environment in its constructor', async () => {
    await using sandbox = await ConfigSandbox.create({ chdir: true, env: { APP_DATABASE__TLS: 'yes' } });
    await sandbox.write('app.yaml', 'database:\n  host: db\n  port: "80"\n  pool: { max: 7, idle: 1m }\n');
    const container = new Container();
    const sources = [yamlFile('app.yaml'), processEnv({ prefix: 'APP_' })];
    await container.loadAsync(ConfigModule.fromOptions({ sections: [DatabaseSettings], sources, environment: 'test' }));
    container.bind(Repository).toSelf();
    const { settings } = container.get(Repository);
    expect(settings).toEqual({ host: 'db', port: 80, tls: true, pool: { max: 7, idle: Duration.of('1m') } });
    expect([settings, settings.pool].map((part) => Object.isFrozen(part))).toEqual([true, true]);
    expect(String(container.get(ConfigStore).explain('database.tls'))).toBe(
      'database.tls = true\n  from APP_DATABASE__TLS (environment): "yes"\n  over database.tls (default): false',
    );
  });

  it('is told all that is wrong at once, each in the spelling of its source, with the way out', async () => {
    await using sandbox = await ConfigSandbox.create({ chdir: true, env: { APP_DATABASE__PROT: '1' } });
    await sandbox.write('app.yaml', 'database:\n  port: 80a\n  pool: { max: 0, idle: 5 }\n');
    const sources = [yamlFile('app.yaml'), processEnv({ prefix: 'APP_' })];
    const module = ConfigModule.fromOptions({ sections: [DatabaseSettings], sources, environment: 'test' });
    const error = await caught(async () => new Container().loadAsync(module));
    expect(error.message).toBe(
      `4 settings are not valid (test):
  - database.port: must be an integer, got "80a"
    from database.port (app.yaml:2:9)
    Write digits as in 1500 or 1_500, without blanks.
  - database.pool.idle: must be a duration with a unit, such as 500ms, 10s or 1h30m, got 5 (a number)
    from database.pool.idle (app.yaml:3:25)
    A unit is required after the number: ms, s, m, h, d or w.
  - database.pool.max: must not be less than 1, got 0
    from database.pool.max (app.yaml:3:16)
  - database.prot: is not a known key
    from APP_DATABASE__PROT (environment)
    Did you mean APP_DATABASE__PORT?`,
    );
  });
});
