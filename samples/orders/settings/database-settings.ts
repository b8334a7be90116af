import { IsOptional, IsString, MinLength } from 'class-validator';
import {
  ConfigSection,
  Describe,
  Duration,
  IsDuration,
  RequiredIn,
  Secure,
  TenantScope,
  type SecureValue,
} from 'uno-config';
import { EmbeddedSettings } from 'uno-config/databases/embedded';
import { PostgresSettings } from 'uno-config/databases/pg';
import { TenancySettings } from 'uno-config/databases/tenants';

@ConfigSection('database', { description: 'The database of the orders.' })
export class DatabaseSettings extends PostgresSettings {
  // Files may hold it encrypted only; nothing ever shows it.
  @Describe('The password of the user.')
  @RequiredIn('production')
  @IsOptional()
  @Secure({ level: 'encrypt' })
  @MinLength(8)
  @IsString()
  public override readonly password?: SecureValue<string>;

  @Describe('The longest a statement may take.')
  @IsDuration({ min: '10ms' })
  public override readonly statementTimeout: Duration = Duration.of('10s');
}

@TenantScope('system')
@ConfigSection('server', { description: 'The PostgreSQL that the service brings, where there is no other.' })
export class ServerSettings extends EmbeddedSettings {}

@ConfigSection('tenancy', { description: 'Where the orders of each tenant are.' })
export class OrdersTenancy extends TenancySettings {}
