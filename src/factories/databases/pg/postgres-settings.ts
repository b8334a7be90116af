import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, IsString, Matches, Max, Min, ValidateNested } from 'class-validator';
import { Describe, Duration, IsDuration, ListOf, Secure, type SecureValue } from '../../../sections/index.js';
import { PoolSettings, TlsSettings } from '../settings/index.js';

/**
 * How a PostgreSQL database is reached. Take it as it is, `section(PostgresSettings, { path: 'orders.db' })`, or extend it
 * with a path of its own. Subpath: `uno-config/databases/pg`.
 *
 * @example
 * ```ts
 * @ConfigSection('orders.db')
 * class OrdersDb extends PostgresSettings {}
 *
 * const orders = pg({ name: 'orders', from: OrdersDb });
 * ```
 */
export class PostgresSettings {
  @Describe('The host, or the folder of a socket.')
  @IsString()
  public readonly host: string = 'localhost';

  @Describe('The port.')
  @IsInt()
  @Min(1)
  @Max(65_535)
  public readonly port: number = 5_432;

  @Describe('The database; that of the name of the user when absent.')
  @IsOptional()
  @IsString()
  public readonly database?: string;

  @Describe('The role.')
  @IsOptional()
  @IsString()
  public readonly user?: string;

  @Describe('The password of the role. A rotated one reaches the next connection.')
  @IsOptional()
  @Secure()
  public readonly password?: SecureValue<string>;

  @Describe('Encryption.')
  @ValidateNested()
  @Type(() => TlsSettings)
  public readonly tls: TlsSettings = new TlsSettings();

  @Describe('The pool.')
  @ValidateNested()
  @Type(() => PoolSettings)
  public readonly pool: PoolSettings = new PoolSettings();

  @Describe('The name that pg_stat_activity shows.')
  @IsOptional()
  @IsString()
  public readonly applicationName?: string;

  @Describe('Schemas that are searched for names, in this order.')
  @IsOptional()
  @ListOf(() => String)
  @Matches(/^[A-Za-z_$][\w$]*$/, { each: true })
  public readonly searchPath?: readonly string[];

  @Describe('How long a statement may take before the server ends it; no limit when absent.')
  @IsOptional()
  @IsDuration({ min: '1ms' })
  public readonly statementTimeout?: Duration;

  @Describe('How long an answer is waited for before the connection is given up; no limit when absent.')
  @IsOptional()
  @IsDuration({ min: '1ms' })
  public readonly queryTimeout?: Duration;

  @Describe('How long a statement may wait for a lock; no limit when absent.')
  @IsOptional()
  @IsDuration({ min: '1ms' })
  public readonly lockTimeout?: Duration;

  @Describe('How long a transaction may be idle before the server ends it.')
  @IsDuration({ min: '1ms' })
  public readonly idleInTransactionTimeout: Duration = Duration.of('1m');

  @Describe('Whether the system finds out that a silent server is gone.')
  @IsBoolean()
  public readonly keepAlive: boolean = true;

  @Describe('How long a connection is silent before the system asks.')
  @IsDuration()
  public readonly keepAliveDelay: Duration = Duration.of('30s');
}
