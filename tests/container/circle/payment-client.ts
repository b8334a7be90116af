import { injectable } from 'inversify';
import { InjectSecret, type SecretHandle } from '../../../src/container/index.js';
import { PaymentSettings } from './payment-settings.js';

@injectable()
export class PaymentClient {
  constructor(@InjectSecret(() => PaymentSettings, 'apiKey') readonly apiKey: SecretHandle<string>) {}
}
