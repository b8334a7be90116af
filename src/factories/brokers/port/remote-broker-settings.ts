import { Type } from 'class-transformer';
import { IsOptional, IsString, ValidateNested } from 'class-validator';
import { Describe, Duration, IsDuration, Secure, type SecureValue, TenantScope } from '../../../sections/index.js';
import { TlsSettings } from '../../drivers/index.js';
import { EventBrokerSettings } from './broker-settings.js';

/**
 * What brokers on a server have in common: the base of `RabbitSettings` and `NatsSettings`, for code that takes either, and
 * for the settings of a broker of your own. Subpath: `uno-config/brokers`.
 */
export abstract class RemoteBrokerSettings extends EventBrokerSettings {
  @Describe('The password. A rotated one is used by the next connection.')
  @IsOptional()
  @Secure()
  public readonly password?: SecureValue<string>;

  @TenantScope('with-secrets')
  @Describe('Encryption.')
  @ValidateNested()
  @Type(() => TlsSettings)
  public readonly tls: TlsSettings = new TlsSettings();

  @Describe('The name that the monitoring of the broker shows.')
  @IsOptional()
  @IsString()
  public readonly connectionName?: string;

  @Describe('How long a connection may take to be made.')
  @IsDuration({ min: '1ms' })
  public readonly connectTimeout: Duration = Duration.of('10s');
}
