import { ConfigSection, Describe, Secure, type SecureValue } from 'uno-config';
import { PaymentClient } from '../services/payment-client.js';

@ConfigSection('payments', { description: 'The payment provider.' })
export class PaymentSettings {
  // Sealed: ciphertext in memory too, opened for its one reader, for each signature, and zeroed after it.
  @Describe('Signs what we send to the payment provider.')
  @Secure({ level: 'sealed', readers: () => [PaymentClient] })
  public readonly signingKey!: SecureValue<Buffer>;
}
