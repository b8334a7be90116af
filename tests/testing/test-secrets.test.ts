import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { MinLength } from 'class-validator';
import { Container, injectable } from 'inversify';
import { InjectSecret, type SecretHandle } from '../../src/container/index.js';
import { SecureValue } from '../../src/core/index.js';
import { ConfigSection, ListOf, Secure } from '../../src/sections/index.js';
import { testConfig, testKeyring, testSecretHandle, testSettings } from '../../src/testing/index.js';

const CANARY = 'canary-hunter2';

@injectable()
class PaymentClient {
  readonly #key: SecretHandle<Buffer>;

  constructor(@InjectSecret(() => PaymentSettings, 'signingKey') key: SecretHandle<Buffer>) {
    this.#key = key;
  }

  shown(): string {
    return this.#key.use((key) => key.toString('latin1'));
  }
}

@ConfigSection('payments')
class PaymentSettings {
  @Secure({ level: 'sealed', readers: () => [PaymentClient], optional: true })
  readonly signingKey?: SecureValue<Buffer>;
  @Secure({ level: 'encrypt', optional: true }) @MinLength(8) readonly password?: SecureValue<string>;
  @Secure({ level: 'encrypt' }) @ListOf(() => String) readonly tokens: readonly SecureValue<string>[] = [];
}

async function client(values: object, secrets = {}): Promise<PaymentClient> {
  const container = new Container();
  container.bind(PaymentClient).toSelf();
  await container.loadAsync(testConfig([PaymentSettings], { payments: values }, { secrets }));
  return container.get(PaymentClient);
}

describe('secrets in tests', () => {
  it.each([
    ['a text', CANARY],
    ['bytes', Buffer.from(CANARY)],
    ['a SecureValue', SecureValue.of(CANARY)],
  ])('of any level may be plain: %s', async (_, signingKey) => {
    expect((await client({ signingKey })).shown()).toBe(CANARY);
    const { password } = await testSettings(PaymentSettings, { password: SecureValue.of(CANARY) });
    expect(password?.use((text) => text)).toBe(CANARY);
  });

  it('are checked as in production, and not shown', async () => {
    await expect(testSettings(PaymentSettings, { password: SecureValue.of('short') })).rejects.toThrow(
      'payments.password: must be longer than or equal to 8 characters',
    );
  });
});

describe('testKeyring', () => {
  it('encrypts and seals for a place in an application', async () => {
    const keyring = testKeyring({ app: 'orders' });
    const secrets = { keyring, app: 'orders' };
    const sealed = keyring.seal(CANARY, 'payments.signingKey');
    expect((await client({ signingKey: sealed }, secrets)).shown()).toBe(CANARY);
    const settings = await testSettings(
      PaymentSettings,
      {
        password: keyring.encrypt(Buffer.from(CANARY), 'payments.password'),
        tokens: [keyring.encrypt('one', 'payments.tokens')],
      },
      { secrets },
    );
    const opened = [settings.password, ...settings.tokens].map((secret) => secret?.use((text) => text));
    expect(opened).toEqual([CANARY, 'one']);
  });

  it('encrypts for nowhere else: not for another path, environment or application', async () => {
    const keyring = testKeyring();
    const secrets = { keyring, app: 'test' };
    const here = keyring.encrypt(CANARY, 'payments.password');
    const load = async (password: string, options: object): Promise<unknown> =>
      testSettings(PaymentSettings, { password }, options);
    await expect(load(here, { secrets })).resolves.toBeInstanceOf(PaymentSettings);
    const refusals = [
      load(keyring.encrypt(CANARY, 'payments.signingKey'), { secrets }),
      load(here, { secrets, environment: 'production' }),
      load(here, { secrets: { keyring, app: 'orders' } }),
      load(here, { secrets: { keyring: testKeyring(), app: 'test' } }),
    ];
    for (const refusal of refusals) await expect(refusal).rejects.toThrow('could not be opened');
    const elsewhere = testKeyring({ environment: 'production' });
    const options = { secrets: { keyring: elsewhere, app: 'test' }, environment: 'production' };
    await expect(load(elsewhere.encrypt(CANARY, 'payments.password'), options)).resolves.toBeDefined();
  });
});

describe('testSecretHandle', () => {
  it('stands for a handle in the unit test of its reader', () => {
    const key = Buffer.from(CANARY);
    const payments = new PaymentClient(testSecretHandle(key));
    expect([payments.shown(), payments.shown(), key.toString()]).toEqual([CANARY, CANARY, CANARY]);
  });

  it('opens in time, too, has a path and a fingerprint, and shows nothing', async () => {
    const handle = testSecretHandle(CANARY, 'payments.signingKey');
    expect(await handle.useAsync(async (text) => Promise.resolve(text.length))).toBe(CANARY.length);
    expect(handle).toMatchObject({ path: 'payments.signingKey', fingerprint: SecureValue.of(CANARY).fingerprint });
    expect(inspect(handle, { showHidden: true, depth: 9 }) + JSON.stringify(handle)).not.toContain(CANARY);
  });
});
