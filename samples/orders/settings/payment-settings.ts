import { IsInt, Min } from 'class-validator';
import { ConfigSection, Describe, Secure, type SecureValue, TenantScope } from 'uno-config';

@TenantScope('system')
@ConfigSection('payments', { description: 'The payment provider.' })
export class PaymentSettings {
  // Sealed: ciphertext in memory too, opened for each signature by the class that injects it, and zeroed after it.
  @Describe('Signs what we send to the payment provider.')
  @Secure({ level: 'sealed', readers: 'injected' })
  public readonly signingKey!: SecureValue<Buffer>;

  @Describe('The most that may be charged at once, in cents; more is declined.')
  @IsInt()
  @Min(1)
  public readonly highestAmount: number = 100_000;
}
