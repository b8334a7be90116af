import { createHmac } from 'node:crypto';
import { injectable } from 'inversify';
import { InjectMonitor, InjectSecret, type SecretHandle, type SectionMonitor } from 'uno-config';
import { PaymentSettings } from '../settings/payment-settings.js';

/** What the payment provider is asked for. */
export interface PaymentRequest {
  /** In cents. */
  readonly amount: number;
  readonly currency: string;
  /** HMAC-SHA256 of the other two, in base64url. */
  readonly signature: string;
}

/** The provider does not take the payment. */
class PaymentDeclinedError extends Error {
  public readonly code = 'PAYMENT_DECLINED';
}

/** Makes signed requests for the payment provider. It says here that it reads the signing key; who does not, is not given it. */
@injectable()
export class PaymentClient {
  readonly #signingKey: SecretHandle<Buffer>;

  readonly #settings: SectionMonitor<PaymentSettings>;
  // Stands for what a provider would remember.
  readonly #charged = new Map<string, PaymentRequest>();

  public constructor(
    @InjectSecret(PaymentSettings, 'signingKey') signingKey: SecretHandle<Buffer>,
    @InjectMonitor(PaymentSettings) settings: SectionMonitor<PaymentSettings>,
  ) {
    this.#signingKey = signingKey;
    this.#settings = settings;
  }

  /**
   * Takes a payment, once for a key.
   *
   * @throws PaymentDeclinedError
   */
  public async charge(key: string, amount: number, currency: string): Promise<void> {
    await Promise.resolve();
    if (this.#charged.has(key)) return;
    if (amount > this.#settings.current.highestAmount) throw new PaymentDeclinedError();
    this.#charged.set(key, this.request(amount, currency));
  }

  /** Gives back what was taken for a key. */
  public async refund(key: string): Promise<void> {
    await Promise.resolve(this.#charged.delete(key));
  }

  public request(amount: number, currency: string): PaymentRequest {
    const text = `${String(amount)} ${currency}`;
    // The key stays inside the function: it is zeroed when that returns.
    const signature = this.#signingKey.use((key) => createHmac('sha256', key).update(text).digest('base64url'));
    return { amount, currency, signature };
  }
}
