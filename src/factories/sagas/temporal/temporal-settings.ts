import { IsOptional, IsString, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import { Describe, Rule, Secure, type SecureValue, TenantScope } from '../../../sections/index.js';
import { TlsSettings } from '../../drivers/index.js';
import { SagasSettings } from '../port/index.js';

/**
 * How Temporal is reached, and how its workflows go. For workflows of your own: there is no engine of sagas over Temporal
 * here. Subpath: `uno-config/sagas/temporal`.
 *
 * @example
 * ```ts
 * @ConfigSection('temporal')
 * class Temporal extends TemporalSettings {}
 * ```
 */
export class TemporalSettings extends SagasSettings {
  @TenantScope('with-secrets')
  @Describe('The server, as host:port.')
  @IsString()
  public readonly address: string = 'localhost:7233';

  @Describe('The namespace.')
  @IsString()
  public readonly namespace: string = 'default';

  @Describe('The queue that workers ask.')
  @IsString()
  public readonly taskQueue: string = 'sagas';

  @Describe('The key of Temporal Cloud.')
  @IsOptional()
  @Secure()
  public readonly apiKey?: SecureValue<string>;

  @TenantScope('with-secrets')
  @Describe('Encryption.')
  @ValidateNested()
  @Type(() => TlsSettings)
  public readonly tls: TlsSettings = new TlsSettings();

  @Rule('Temporal always verifies the server', { fields: ['tls'], hint: 'Set tls.mode to verify-full.' })
  public isVerified(): boolean {
    return this.tls.mode === 'disable' || this.tls.mode === 'verify-full';
  }
}
