import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, IsString, Max, Min, ValidateNested } from 'class-validator';
import {
  Describe,
  Duration,
  IsDuration,
  ListOf,
  Secure,
  type SecureValue,
  TenantScope,
} from '../../../sections/index.js';
import { PoolSettings } from './pool-settings.js';
import { ReplicaSettings } from './replicas.js';
import { TlsSettings } from '../../drivers/index.js';

/**
 * What every database server is reached with: the base of `PostgresSettings` and `MysqlSettings`, for code that takes
 * either. Subpaths: `uno-config/databases/pg`, `uno-config/databases/mysql`.
 */
export abstract class ServerSettings {
  @TenantScope('with-secrets')
  @Describe('The host, or the folder of a socket where the driver takes one.')
  @IsString()
  public readonly host: string = 'localhost';

  @TenantScope('with-secrets')
  @Describe('The port.')
  @IsInt()
  @Min(1)
  @Max(65_535)
  public abstract readonly port: number;

  @Describe('The database; the choice of the server when absent.')
  @IsOptional()
  @IsString()
  public readonly database?: string;

  @Describe('The user, or role.')
  @IsOptional()
  @IsString()
  public readonly user?: string;

  @Describe('The password of the user. A rotated one reaches the next connection where the driver asks for it.')
  @IsOptional()
  @Secure()
  public readonly password?: SecureValue<string>;

  @TenantScope('with-secrets')
  @Describe('Encryption.')
  @ValidateNested()
  @Type(() => TlsSettings)
  public readonly tls: TlsSettings = new TlsSettings();

  @Describe('The pool.')
  @ValidateNested()
  @Type(() => PoolSettings)
  public readonly pool: PoolSettings = new PoolSettings();

  @TenantScope('with-secrets')
  @Describe(
    'Servers that follow this one. Transactions that only read run on them, and here when none of them answers.',
  )
  @ListOf(() => ReplicaSettings)
  @ValidateNested({ each: true })
  public readonly replicas: readonly ReplicaSettings[] = [];

  @Describe('Whether the system finds out that a silent server is gone.')
  @IsBoolean()
  public readonly keepAlive: boolean = true;

  @Describe('How long a connection is silent before the system asks.')
  @IsDuration()
  public readonly keepAliveDelay: Duration = Duration.of('30s');
}
