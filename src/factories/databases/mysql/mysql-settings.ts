import { IsOptional, IsString } from 'class-validator';
import { Describe, Duration, IsDuration, TenantScope } from '../../../sections/index.js';
import { ServerSettings } from '../settings/index.js';

/**
 * How a MySQL or MariaDB database is reached. Take it as it is, or extend it with a path of its own. Subpath:
 * `uno-config/databases/mysql`.
 *
 * @example
 * ```ts
 * @ConfigSection('shop.db')
 * class ShopDb extends MysqlSettings {}
 *
 * const shop = mysql({ name: 'shop', from: ShopDb });
 * ```
 */
export class MysqlSettings extends ServerSettings {
  public readonly port: number = 3_306;

  @TenantScope('with-secrets')
  @Describe('A socket of this machine, instead of host and port.')
  @IsOptional()
  @IsString()
  public readonly socketPath?: string;

  @Describe('How long making a connection may take.')
  @IsDuration({ min: '1ms' })
  public readonly connectTimeout: Duration = Duration.of('10s');

  @Describe(
    'How long the server may be silent while an answer is waited for, before the connection is given up; no limit when absent. The package mariadb gives up connections that are silent for any reason.',
  )
  @IsOptional()
  @IsDuration({ min: '1ms' })
  public readonly queryTimeout?: Duration;
}
