import { describe, expect, it } from '@jest/globals';
import { InjectMonitor, InjectSecret, InjectSection, OnConfigChange, rule } from '../../src/index.js';
import { ConfigSection, Secure } from '../../src/index.js';
import type { SecureValue } from '../../src/index.js';

@ConfigSection('payment')
class PaymentSettings {
  @Secure() apiKey!: SecureValue<string>;
}

/** As code without types writes it: the injection would have been that of everybody. */
const misspelt = { scop: 'billing' } as object;

describe('the options of an injection', () => {
  it.each([
    ['InjectSection', () => InjectSection(PaymentSettings, misspelt)],
    ['InjectMonitor', () => InjectMonitor(PaymentSettings, misspelt)],
    ['InjectSecret', () => InjectSecret(PaymentSettings, 'apiKey', misspelt)],
    ['OnConfigChange', () => OnConfigChange(PaymentSettings, misspelt)],
  ])('%s are read by name', (call, inject) => {
    expect(inject).toThrow(TypeError);
    expect(inject).toThrow(`${call}: scop is not an option; did you mean scope?`);
  });

  it('rule are read by name', () => {
    expect(() => rule('must be', [PaymentSettings], () => true, { feilds: [] } as object)).toThrow(
      "rule('must be'): feilds is not an option; did you mean fields?",
    );
  });
});
