import { describe, expect, it } from '@jest/globals';
import { IsBoolean, IsInt, IsString, Max, Min, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import { Container, injectable } from 'inversify';
import { ConfigModule } from '../../src/container/index.js';
import { ConfigStore } from '../../src/runtime/index.js';
import { ConfigSection, Duration, IsDuration } from '../../src/sections/index.js';
import { object } from '../../src/sources/index.js';

class PoolSettings {
  @IsInt() @Min(1) public max: number = 10;
  @IsDuration() public idle: Duration = Duration.of('10s');
}

@ConfigSection('database')
class DatabaseSettings {
  @IsString() public host: string = 'localhost';
  @IsInt() @Min(1) @Max(65535) public port: number = 5432;
  @IsBoolean() public tls: boolean = false;
  @ValidateNested() @Type(() => PoolSettings) public pool: PoolSettings = new PoolSettings();
}

@injectable()
class Repository {
  public constructor(public readonly settings: DatabaseSettings) {}
}

describe('the first load', () => {
  it('injects validated, frozen settings', async () => {
    const container = new Container();
    await container.loadAsync(
      ConfigModule.fromOptions({
        sections: [DatabaseSettings],
        sources: [
          object({ database: { host: 'db', port: '80', pool: { max: '7', idle: '1m' } } }),
          object({ database: { tls: 'yes' } }),
        ],
      }),
    );
    container.bind(Repository).toSelf();
    const { settings } = container.get(Repository);
    expect(settings).toEqual({ host: 'db', port: 80, tls: true, pool: { max: 7, idle: Duration.of('1m') } });
    expect(Object.isFrozen(settings) && Object.isFrozen(settings.pool)).toBe(true);
    console.log(String(container.get(ConfigStore).explain('database')));
  });

  it('reports everything at once', async () => {
    const container = new Container();
    const module = ConfigModule.fromOptions({
      sections: [DatabaseSettings],
      sources: [
        object({ databse: { x: 1 }, database: { hots: 'db', port: '80a', tls: 'maybe', pool: { max: 0, idle: '5' } } }),
      ],
    });
    await expect(container.loadAsync(module)).rejects.toThrow(/x/);
    await container.loadAsync(module).catch((e: unknown) => console.log((e as Error).message));
  });
});
