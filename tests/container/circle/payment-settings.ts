import type { SecureValue } from '../../../src/core/index.js';
import { ConfigSection, Secure } from '../../../src/sections/index.js';
import { PaymentClient } from './payment-client.js';

@ConfigSection('payment')
export class PaymentSettings {
  @Secure({ readers: () => [PaymentClient] }) readonly apiKey!: SecureValue<string>;
}
