import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, IsString, Max, Min, ValidateNested } from 'class-validator';
import { Describe, Duration, IsDuration, Secure, type SecureValue } from '../../../sections/index.js';
import { PoolSettings, TlsSettings } from '../settings/index.js';

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
export class MysqlSettings {
  @Describe('The host.')
  @IsString()
  public readonly host: string = 'localhost';

  @Describe('The port.')
  @IsInt()
  @Min(1)
  @Max(65_535)
  public readonly port: number = 3_306;

  @Describe('A socket of this machine, instead of host and port.')
  @IsOptional()
  @IsString()
  public readonly socketPath?: string;

  @Describe('The database that names belong to.')
  @IsOptional()
  @IsString()
  public readonly database?: string;

  @Describe('The user.')
  @IsOptional()
  @IsString()
  public readonly user?: string;

  @Describe('The password of the user.')
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

  @Describe('How long making a connection may take.')
  @IsDuration({ min: '1ms' })
  public readonly connectTimeout: Duration = Duration.of('10s');

  @Describe('Whether the system finds out that a silent server is gone.')
  @IsBoolean()
  public readonly keepAlive: boolean = true;

  @Describe('How long a connection is silent before the system asks.')
  @IsDuration()
  public readonly keepAliveDelay: Duration = Duration.of('30s');
}
