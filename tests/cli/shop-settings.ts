import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { ConfigSection, Describe, Duration, IsDuration, ListOf, MapOf, RequiredIn } from '../../src/sections/index.js';

export class PoolSettings {
  @IsInt() max = 5;
}

@ConfigSection('http')
export class HttpSettings {
  @Describe('The port to listen on.') @IsInt() @Min(1) @Max(65535) port = 8080;
  @IsDuration() timeout: Duration = Duration.of('30s');
  @RequiredIn('production') @IsOptional() @IsString() host?: string;
}

@ConfigSection('database')
export class DatabaseSettings {
  @IsString() url = 'postgres://app:hunter2@db/shop';
  @IsString() password = 'hunter2';
  @ListOf(() => String) tags: string[] = [];
  @ListOf(() => PoolSettings) replicas: PoolSettings[] = [];
  @MapOf(() => PoolSettings) pools: Record<string, PoolSettings> = {};
}
