import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Matches, Max, Min, ValidateNested } from 'class-validator';
import {
  Describe,
  Duration,
  IsDuration,
  ListOf,
  Rule,
  Secure,
  TenantScope,
  type SecureValue,
} from '../../sections/index.js';
import { TlsSettings } from './tls-settings.js';

export type RedisPlace = Omit<RedisSettings, 'password' | 'isPaired'>;

/** How Redis is reached. Subpath: `uno-config/sagas/bullmq`. */
export class RedisSettings {
  @TenantScope('with-secrets')
  @Describe('The host; not used with sentinels.')
  @IsString()
  public readonly host: string = 'localhost';

  @TenantScope('with-secrets')
  @Describe('The port.')
  @IsInt()
  @Min(1)
  @Max(65_535)
  public readonly port: number = 6_379;

  @TenantScope('with-secrets')
  @Describe('Sentinels that know the primary, each as host or host:port.')
  @ListOf(() => String)
  @Matches(/^(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/, {
    each: true,
    message: 'each sentinel must be a host or host:port',
  })
  public readonly sentinels: readonly string[] = [];

  @Describe('The name that the sentinels have for the primary.')
  @IsOptional()
  @IsString()
  public readonly sentinelName?: string;

  @Describe('The number of the database.')
  @IsInt()
  @Min(0)
  public readonly database: number = 0;

  @Describe('The user; the default one when absent.')
  @IsOptional()
  @IsString()
  public readonly user?: string;

  @Describe('The password. A rotated one is used by the next connection.')
  @IsOptional()
  @Secure()
  public readonly password?: SecureValue<string>;

  @TenantScope('with-secrets')
  @Describe('Encryption.')
  @ValidateNested()
  @Type(() => TlsSettings)
  public readonly tls: TlsSettings = new TlsSettings();

  @Describe('The name that CLIENT LIST shows.')
  @IsOptional()
  @IsString()
  public readonly connectionName?: string;

  @Describe('How long a connection may take to be made.')
  @IsDuration({ min: '1ms' })
  public readonly connectTimeout: Duration = Duration.of('10s');

  @Describe('How long to wait before the first attempt to connect again; it doubles with each.')
  @IsDuration({ min: '1ms' })
  public readonly reconnectDelay: Duration = Duration.of('200ms');

  @Describe('The longest wait before an attempt to connect again.')
  @IsDuration({ min: '1ms' })
  public readonly maxReconnectDelay: Duration = Duration.of('5s');

  @Rule('sentinels and sentinelName belong together', {
    fields: ['sentinels', 'sentinelName'],
    hint: 'Set both or neither.',
  })
  public isPaired(): boolean {
    return (this.sentinels.length === 0) === (this.sentinelName === undefined);
  }
}
