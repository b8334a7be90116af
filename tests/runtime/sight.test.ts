import { describe, expect, it } from '@jest/globals';
import { MinLength } from 'class-validator';
import { SecureValue } from '../../src/core/index.js';
import { describeFully, explainFully, type Generation } from '../../src/runtime/index.js';
import { ConfigSection, MapOf, Secure } from '../../src/sections/index.js';
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
    expect(apiKey).toEqual({ path: 'payment.apiKey', value: '[withheld]', type: 'secret text', examples: [] });
    const [, explained] = runAs('guest', () => generation.explain('payment').settings);
    expect([explained?.winner, explained?.losers]).toEqual([undefined, []]);
    expect(explained?.toString()).toBe('payment.apiKey = [withheld]\n  the access policy lets you know no more of it');
    expect(runAs('operator', () => generation.describe()[1])).toMatchObject({ value: '[secure]' });
  });

  it.each(RIGHTS)('say by which rule a secret is kept back that is asked for by name: %s', async (right) => {
    const entries: AccessRecord[] = [];
    const generation = await settings(right, entries);
    const error = errorOf(() => runAs('guest', () => generation.explain('payment.api-key')));
    const deed = right === 'list' ? 'list "payment.apiKey"' : 'read "payment.apiKey", even masked';
    expect([error.code, error.message.split('\n')[0]]).toEqual([
      'access-denied',
      `code without a handle, on behalf of "guest", may not ${deed}: the rule "no guests" denies it.`,
    ]);
    expect(entries).toEqual([
      {
        action: right,
        decision: 'deny',
        path: 'payment.apiKey',
        level: 'mask',
        rule: 'no guests',
        principal: 'guest',
      },
    ]);
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
    const denied: (() => unknown)[] = [
      () => apiKey.fingerprint,
      () => apiKey.equals(other),
      () => SecureValue.of('x').equals(apiKey),
    ];
    expect(denied.map((look) => errorOf(() => runAs('guest', look)).code)).toEqual(denied.map(() => 'access-denied'));
    expect(runAs('operator', () => [apiKey.equals(other), apiKey.fingerprint === other.fingerprint])).toEqual([
      false,
      false,
    ]);
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
