import { describe, expect, it } from '@jest/globals';
import { IsInt, MinLength } from 'class-validator';
import { SecureValue } from '../../src/core/index.js';
import { describeFully, explainFully, type Generation } from '../../src/runtime/index.js';
import { Alias, ConfigSection, ListOf, MapOf, Secure } from '../../src/sections/index.js';
import { object } from '../../src/sources/index.js';
import { accessPolicy, runAs, type AccessRecord, type AccessRight } from '../../src/security/index.js';
import { errorOf } from '../core/error-of.js';
import { loaded, RecordingLogger } from './loading.js';

@ConfigSection('payment')
class PaymentSettings {
  @MinLength(1) readonly url: string = 'https://pay.example.com';
  @Secure() readonly apiKey!: SecureValue<string>;
  @Secure({ optional: true }) @MapOf(() => String) readonly keys: Readonly<Record<string, SecureValue<string>>> = {};
  @MinLength(1) readonly password: string = 'hunter2';
}

const RIGHTS: readonly AccessRight[] = ['list', 'read-masked'];
const values = { payment: { apiKey: 'sk-1', keys: { eu: 'k-1' } } };

/** The guest may not do what the right says, with any secret. */
async function settings(right: AccessRight, entries: AccessRecord[] = []): Promise<Generation> {
  const access = accessPolicy([
    { name: 'no guests', effect: 'deny', paths: ['payment.**'], rights: [right], principals: ['guest'] },
  ]);
  const audit = { record: async (entry: AccessRecord) => Promise.resolve(void entries.push(entry)) };
  return loaded([PaymentSettings], values, { secrets: { access, audit } });
}

const denial = (action: AccessRight): AccessRecord => ({
  action,
  decision: 'deny',
  path: 'payment.apiKey',
  level: 'mask',
  rule: 'no guests',
  principal: 'guest',
});

const paths = (generation: Generation): readonly string[] => generation.describe().map(({ path }) => path);
const ALL = ['payment.url', 'payment.apiKey', 'payment.keys.eu', 'payment.password'];

describe('the settings that a principal sees', () => {
  it('are all of them where no policy is given, secrets masked', async () => {
    const generation = await loaded([PaymentSettings], values);
    expect(paths(generation)).toEqual(ALL);
    expect(generation.explain('payment.apiKey').value).toBe('[secure]');
  });

  it('leave out secrets that it may not list, also those that only their name gives away', async () => {
    const generation = await settings('list');
    expect(runAs('guest', () => paths(generation))).toEqual(['payment.url']);
    expect(runAs('operator', () => paths(generation))).toEqual(ALL);
    const explained = runAs('guest', () => generation.explain('payment').settings.map(({ path }) => path));
    expect(explained).toEqual(['payment.url']);
  });

  it('leave out what is denied to somebody, for whoever does not say who they are', async () => {
    expect(paths(await settings('list'))).toEqual(['payment.url']);
  });

  it('show that a secret is there and no more where it may be listed and not read', async () => {
    const generation = await settings('read-masked');
    const [, apiKey] = runAs('guest', () => generation.describe());
    expect(apiKey).toEqual({ path: 'payment.apiKey', value: '[withheld]', type: 'secret string', examples: [] });
    const [, explained] = runAs('guest', () => generation.explain('payment').settings);
    expect([explained?.winner, explained?.losers]).toEqual([undefined, []]);
    expect(explained?.toString()).toBe('payment.apiKey = [withheld]\n  the access policy shows no more of it');
    expect(runAs('operator', () => generation.describe()[1])).toMatchObject({ value: '[secure]' });
  });

  it('say by which rule a secret is kept back that may be listed and is asked for by name', async () => {
    const entries: AccessRecord[] = [];
    const generation = await settings('read-masked', entries);
    const error = errorOf(() => runAs('guest', () => generation.explain('payment.api-key')));
    expect([error.code, error.message.split('\n')[0]]).toEqual([
      'access-denied',
      'code without a handle, on behalf of "guest", may not read "payment.apiKey", even masked: ' +
        'the rule "no guests" denies it.',
    ]);
    expect(entries).toEqual([denial('read-masked')]);
    expect(runAs('operator', () => generation.explain('payment.apiKey').value)).toBe('[secure]');
  });

  it('put on record who asks by name for a secret that they may not know of', async () => {
    const entries: AccessRecord[] = [];
    const generation = await settings('list', entries);
    runAs('guest', () => generation.explain('payment.api-key'));
    expect(entries).toEqual([denial('list')]);
    expect(runAs('operator', () => generation.explain('payment.apiKey').value)).toBe('[secure]');
  });

  it('are recorded for nobody who only reads a list', async () => {
    const entries: AccessRecord[] = [];
    const generation = await settings('list', entries);
    runAs('guest', () => generation.describe());
    expect(entries).toEqual([]);
  });

  it('say nothing of whether two secrets are equal to whoever may not see them masked', async () => {
    const generation = await settings('read-masked');
    const { apiKey, keys } = generation.get(PaymentSettings);
    const other = keys['eu'] ?? SecureValue.of('');
    const denied: (() => unknown)[] = [() => apiKey.fingerprint, () => apiKey.equals(other)];
    expect(denied.map((look) => errorOf(() => runAs('guest', look)).code)).toEqual(denied.map(() => 'access-denied'));
    expect(runAs('operator', () => [apiKey.equals(other), apiKey.fingerprint === other.fingerprint])).toEqual([
      false,
      false,
    ]);
  });

  it('compare with no guess, however it is made, for whoever may not use them, and put that on record', async () => {
    const entries: AccessRecord[] = [];
    const generation = await settings('use', entries);
    const { apiKey } = generation.get(PaymentSettings);
    const made = SecureValue.of('sk-1');
    const elsewhere = (await settings('list')).get(PaymentSettings).apiKey;
    const guesses: (() => unknown)[] = [
      () => apiKey.equals('sk-1'),
      () => apiKey.equals(made),
      () => made.equals(apiKey),
      () => apiKey.equals(elsewhere),
      () => elsewhere.equals(apiKey),
    ];
    expect(guesses.map((guess) => errorOf(() => runAs('guest', guess)).code)).toEqual(
      guesses.map(() => 'access-denied'),
    );
    expect(entries).toEqual(guesses.map(() => denial('use')));
    const fingerprints = [apiKey, elsewhere, made].map(({ fingerprint }) => fingerprint);
    expect(new Set(fingerprints).size).toBe(3);
    expect(runAs('operator', () => guesses.map((guess) => guess()))).toEqual(guesses.map(() => true));
  });

  it('are all of them in the log and on the command line, whoever caused the load', async () => {
    const access = accessPolicy([{ effect: 'deny', paths: ['**'], rights: RIGHTS }]);
    const logger = new RecordingLogger();
    const lower = object({ payment: { apiKey: 'sk-0' } });
    const generation = await runAs('guest', async () =>
      loaded([PaymentSettings], [lower, object(values)], { secrets: { access }, logger }),
    );
    expect(logger.of('config.precedence').map(({ fields }) => fields['path'])).toEqual(['payment.apiKey']);
    expect(paths(generation)).toEqual(['payment.url']);
    expect(describeFully(generation).map(({ path }) => path)).toEqual(ALL);
    expect(explainFully(generation, 'payment.apiKey').value).toBe('[secure]');
  });
});

describe('a secret that somebody may not know of', () => {
  class PoolSettings {
    @IsInt() readonly size: number = 1;
    @Secure({ optional: true }) readonly token?: SecureValue<string>;
  }

  class LoginSettings {
    @Secure({ optional: true }) readonly pin?: SecureValue<string>;
  }

  class PoolWithoutSecret {
    @IsInt() readonly size: number = 1;
  }

  @ConfigSection('shop')
  class ShopSettings {
    @MinLength(1) readonly apiPing: string = 'https://pay.example.com/ping';
    @Secure({ optional: true }) @Alias('payPin') readonly apiPin?: SecureValue<string>;
    @MinLength(1) readonly password: string = 'hunter2';
    @Secure({ optional: true }) readonly account?: SecureValue<{ readonly id: number }>;
    @Secure({ optional: true }) @MapOf(() => String) readonly keys: Readonly<Record<string, SecureValue<string>>> = {};
    @ListOf(() => PoolSettings) readonly pools: readonly PoolSettings[] = [];
    @ListOf(() => LoginSettings) readonly logins: readonly LoginSettings[] = [];
  }

  @ConfigSection('shop')
  class ShopWithoutSecrets {
    @MinLength(1) readonly apiPing: string = 'https://pay.example.com/ping';
    @ListOf(() => PoolWithoutSecret) readonly pools: readonly PoolWithoutSecret[] = [];
  }

  @ConfigSection('vault')
  class VaultSettings {
    @Secure({ optional: true }) readonly pin?: SecureValue<string>;
  }

  /** What a guest is told, who may list no secret, and whoever asks where no class declares one. */
  async function answers(path: string): Promise<readonly [string, string]> {
    const access = accessPolicy([
      {
        effect: 'deny',
        paths: [
          ...['shop.apiPin', 'shop.password', 'shop.account', 'shop.keys.**', 'shop.pools.*.token', 'shop.logins.**'],
          'vault.**',
        ],
        rights: ['list'],
      },
    ]);
    const account = '{"id":1}';
    const shop = { apiPin: 'sk-1', account, keys: { eu: 'k-1' }, pools: [{ size: 2, token: 't-1' }] };
    const secrets = await loaded(
      [ShopSettings, VaultSettings],
      { shop, vault: { pin: '1234' } },
      { secrets: { access } },
    );
    const none = await loaded([ShopWithoutSecrets], { shop: { pools: [{ size: 2 }] } });
    const [guest, nobody] = [secrets, none].map((generation) => runAs('guest', () => generation.explain(path)));
    expect({ ...guest, toString: 0 }).toEqual({ ...nobody, toString: 0 });
    return [String(guest), String(nobody)];
  }

  const undeclared = 'no settings class declares it';
  it.each([
    ['by its name', 'shop.apiPin', `shop.apiPin = (not set)\n  ${undeclared}; did you mean shop.apiPing?`],
    ['in another spelling', 'shop.api-pin', `shop.api-pin = (not set)\n  ${undeclared}; did you mean shop.apiPing?`],
    [
      'in the spelling of a variable',
      'shop.API_PIN',
      `shop.API_PIN = (not set)\n  ${undeclared}; did you mean shop.apiPing?`,
    ],
    ['by its alias', 'shop.payPin', `shop.payPin = (not set)\n  ${undeclared}`],
    ['by what it is near to', 'shop.apiPim', `shop.apiPim = (not set)\n  ${undeclared}; did you mean shop.apiPing?`],
    ['that its name alone gives away', 'shop.password', `shop.password = (not set)\n  ${undeclared}`],
    ['by what may lie inside', 'shop.account.id', `shop.account.id = (not set)\n  ${undeclared}`],
    ['as one of a map', 'shop.keys.eu', `shop.keys.eu = (not set)\n  ${undeclared}`],
    ['as one of a map that has it not', 'shop.keys.us', `shop.keys.us = (not set)\n  ${undeclared}`],
    ['as the map', 'shop.keys', `shop.keys = (not set)\n  ${undeclared}`],
    ['in an item', 'shop.pools.0.token', `shop.pools.0.token = (not set)\n  ${undeclared}`],
    ['in an item, misspelled', 'shop.pools.0.tokem', `shop.pools.0.tokem = (not set)\n  ${undeclared}`],
    ['in an item that has no other settings', 'shop.logins.0.pim', `shop.logins.0.pim = (not set)\n  ${undeclared}`],
    ['as the section that has no other settings', 'vault', `vault = (not set)\n  ${undeclared}`],
    ['in another spelling of that section', 'VAULT.Pin', `VAULT.Pin = (not set)\n  ${undeclared}`],
    ['in a section that is misspelled', 'vautl.pin', `vautl.pin = (not set)\n  ${undeclared}`],
  ])('is answered for as what no settings class declares, asked for %s', async (_, path, text) => {
    expect(await answers(path)).toEqual([text, text]);
  });

  it('is meant where it is misspelled by somebody who may know of it', async () => {
    const generation = await loaded([ShopSettings], {});
    expect(String(generation.explain('shop.apiPim'))).toContain('did you mean shop.apiPin?');
  });
});
