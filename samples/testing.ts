// Tests of classes that take settings: no files, no variables, no mocks. Written for node:test; Jest and Vitest look alike.
//
//   npm run sample -- testing
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Container, injectable } from 'inversify';
import { IsNumber, Max, Min } from 'class-validator';
import { ConfigError, ConfigSection, InjectSecret, loadSettings, processEnv, Secure, yamlFile } from 'uno-config';
import type { SecretHandle, SecureValue } from 'uno-config';
import { ConfigSandbox, testConfig, testSecretHandle, testSettings } from 'uno-config/testing';

@ConfigSection('pricing')
class PricingSettings {
  @IsNumber() @Min(0) @Max(100) public readonly vat: number = 19;
}

@ConfigSection('licence')
class LicenceSettings {
  @Secure() public readonly key!: SecureValue<string>;
}

@injectable()
class PriceList {
  public constructor(
    private readonly pricing: PricingSettings,
    @InjectSecret(() => LicenceSettings, 'key') private readonly licence: SecretHandle<string>,
  ) {}

  public gross(net: number): string {
    const customer = this.licence.use((key) => key.slice(0, 2));
    return `${String(net + (net * this.pricing.vat) / 100)} for ${customer}`;
  }
}

test('a unit test hands over settings: defaults, and what the test says', async () => {
  const prices = new PriceList(await testSettings(PricingSettings, { vat: 7 }), testSecretHandle('DE-1234'));
  assert.equal(prices.gross(100), '107 for DE');
});

test('settings that production would refuse are refused in tests', async () => {
  await assert.rejects(testSettings(PricingSettings, { vat: 700 }), (error) => ConfigError.is(error));
});

test('a test with a container loads values in place of sources', async () => {
  const container = new Container();
  container.bind(PriceList).toSelf();
  await container.loadAsync(testConfig([PricingSettings, LicenceSettings], { licence: { key: 'AT-99' } }));
  assert.equal(container.get(PriceList).gross(100), '119 for AT');
});

test('a test of files and variables has both to itself', async () => {
  // Both are as before when the test ends.
  await using sandbox = await ConfigSandbox.create({ env: { APP_PRICING__VAT: '21' } });
  const file = await sandbox.write('app.yaml', 'pricing:\n  vat: 20\n');
  const sources = [yamlFile(file), processEnv({ prefix: 'APP_' })];
  assert.equal((await loadSettings(PricingSettings, { sources })).vat, 21);
});

/* prints:
…
… pass 4
… fail 0
…
*/
