import { IsOptional, IsString, Matches } from 'class-validator';
import { Describe, Duration, IsDuration, ListOf } from '../../../sections/index.js';
import { ServerSettings } from '../settings/index.js';

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
export class PostgresSettings extends ServerSettings {
  public readonly port: number = 5_432;

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
}
