import { createHmac } from 'node:crypto';
import { injectable } from 'inversify';
import { InjectSecret, type SecretHandle } from 'uno-config';
import { PaymentSettings } from '../settings/payment-settings.js';

/** What the payment provider is asked for. */
export interface PaymentRequest {
  /** In cents. */
  readonly amount: number;
  readonly currency: string;
  /** HMAC-SHA256 of the other two, in base64url. */
  readonly signature: string;
}

/** Makes signed requests for the payment provider. It says here that it reads the signing key; who does not, is not given it. */
@injectable()
export class PaymentClient {
  readonly #signingKey: SecretHandle<Buffer>;

  public constructor(@InjectSecret(PaymentSettings, 'signingKey') signingKey: SecretHandle<Buffer>) {
    this.#signingKey = signingKey;
  }

  public request(amount: number, currency: string): PaymentRequest {
    const text = `${String(amount)} ${currency}`;
    // The key stays inside the function: it is zeroed when that returns.
    const signature = this.#signingKey.use((key) => createHmac('sha256', key).update(text).digest('base64url'));
    return { amount, currency, signature };
  }
}
