import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { IsOptional, IsString } from 'class-validator';
import { Transform } from 'class-transformer';
import type { ConfigSource, SecretReader, SecureValue } from '../../../src/core/index.js';
import { ConfigError, formatIssue, sameSettings, useSecretAs, useSecretAsyncAs } from '../../../src/core/index.js';
import { loadGeneration, type Generation, type LoadOptions } from '../../../src/runtime/index.js';
import { ConfigSection, ListOf, Secure } from '../../../src/sections/index.js';
import { accessPolicy, runAs, type AccessRecord } from '../../../src/security/index.js';
import { object } from '../../../src/sources/index.js';
import { issuesOf, loaded, refused } from '../loading.js';
import { MemoryKeyring } from './keys.js';

const CANARY = 'canary-4d1f-hunter2';

class PaymentClient {}
class Reports {}
class Ledger {}

@ConfigSection('payment')
class PaymentSettings {
  @Secure({ optional: true }) masked?: SecureValue<string>;
  @Secure({ level: 'encrypt', optional: true }) apiKey?: SecureValue<string>;
  @Secure({ level: 'sealed', optional: true }) token?: SecureValue<Buffer>;
  @Secure({ optional: true, readers: () => [PaymentClient, Ledger] }) readKey?: SecureValue<string>;
  @Secure({ optional: true, readers: 'injected' }) injected?: SecureValue<string>;
  @Secure({ optional: true, audit: 'required' }) auditedKey?: SecureValue<string>;
}

@ConfigSection('q')
class QSettings {
  @Secure({ optional: true }) note?: SecureValue<string>;
  @Secure({ optional: true }) note2?: SecureValue<string>;
  @Secure({ level: 'encrypt', optional: true }) encrypted?: SecureValue<string>;
  @Secure({ level: 'sealed', optional: true }) sealed?: SecureValue<Buffer>;
  @Secure({ optional: true, readers: () => [PaymentClient] }) forClient?: SecureValue<string>;
  @Secure({ optional: true, readers: () => [Reports] }) forReports?: SecureValue<string>;
  @Secure({ optional: true, audit: 'required' }) audited?: SecureValue<string>;
  @Secure({ optional: true, audit: 'best-effort' }) recorded?: SecureValue<string>;
  @Secure({ as: 'json', optional: true }) json?: SecureValue<unknown>;
  @Secure({ level: 'sealed', as: 'json', optional: true }) sealedJson?: SecureValue<unknown>;
  @Secure() @ListOf(() => String) list: readonly SecureValue<string>[] = [];
  @Secure({ optional: true })
  @Transform(({ value }) => (typeof value === 'string' ? value.toUpperCase() : (value as unknown)))
  loud?: SecureValue<string>;
  @IsOptional() @IsString() plain?: string;
}

const SECTIONS = [PaymentSettings, QSettings];

function q(generation: Generation): QSettings {
  // The second of the two.
  return generation.instances[1] as QSettings;
}

function opened<T>(value: SecureValue<T> | undefined, reader?: SecretReader): unknown {
  return value && useSecretAs(value, reader, (held) => (Buffer.isBuffer(held) ? held.toString() : held));
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (ConfigError.is(error)) return error.code;
    throw error;
  }
  return 'none';
}

/** A policy that lets everybody use everything, with what else is said. */
function policy(...rules: Parameters<typeof accessPolicy>[0]): Partial<LoadOptions> {
  return { secrets: { access: accessPolicy([...rules, { effect: 'allow', paths: ['**'], rights: ['use'] }]) } };
}

describe('a secret that a field receives by reference', () => {
  it.each([
    ['note', 'apiKey', 'level encrypt, not mask', "level: 'encrypt'"],
    ['forClient', 'apiKey', 'level encrypt, not mask', "level: 'encrypt'"],
    ['note', 'readKey', 'readers PaymentClient, Ledger, not everybody', 'readers: () => [PaymentClient, Ledger]'],
    ['forReports', 'readKey', 'readers PaymentClient, Ledger, not Reports', 'readers: () => [PaymentClient, Ledger]'],
    ['note', 'injected', 'readers that inject it, not everybody', "readers: 'injected'"],
    ['note', 'auditedKey', 'audit required, not none', "audit: 'required'"],
    ['recorded', 'auditedKey', 'audit required, not best-effort', "audit: 'required'"],
    ['loud', 'apiKey', 'level encrypt, not mask', "level: 'encrypt'"],
    ['json', 'apiKey', 'level encrypt, not mask', "level: 'encrypt'"],
  ])('is refused in q.%s, which is declared less strictly than payment.%s', async (field, key, lacks, asks) => {
    const values = { payment: { [key]: CANARY }, q: { [field]: `\${payment.${key}}` } };
    const { issues } = await refused(SECTIONS, values);
    expect(issues.map(formatIssue)).toEqual([
      [
        `q.${field}: receives the secret payment.${key}, which is kept more strictly: ${lacks}`,
        `    from q.${field} (object)`,
        `    and payment.${key} (object)`,
        `    Declare it with @Secure({ ${asks} }), or do not refer to payment.${key} here.`,
      ].join('\n'),
    ]);
  });

  it.each([
    ['a text around it', { note: 'Bearer ${payment.apiKey}' }, ['q.note']],
    ['a chain', { encrypted: '${payment.token}', note: '${q.encrypted}' }, ['q.note', 'q.note', 'q.encrypted']],
    ['a list', { list: ['${payment.masked}', '${payment.apiKey}'] }, ['q.list.1']],
    ['data in JSON', { json: { user: 'a', key: '${payment.apiKey}' } }, ['q.json']],
    ['a whole group', { json: '${payment}' }, ['q.json']],
    ['a fallback', { note: '${payment.none:-${payment.apiKey}}' }, ['q.note']],
  ])('is refused through %s as well', async (_, values, places) => {
    const payment = { masked: 'm', apiKey: CANARY, token: 't' };
    const without = 'json' in values && values.json === '${payment}' ? { masked: 'm', apiKey: CANARY } : payment;
    const { issues } = await refused(SECTIONS, { payment: without, q: values });
    expect([issues.map(({ path }) => path.join('.')), new Set(issues.map(({ code }) => code))]).toEqual([
      places,
      new Set(['less-strict-secret']),
    ]);
    expect(issues.map(formatIssue).join()).not.toContain(CANARY);
  });

  it('is refused in what a module sees, and brought in with a group', async () => {
    const values = { payment: { apiKey: CANARY }, modules: { billing: { q: { note: '${payment.apiKey}' } } } };
    expect(await issuesOf(SECTIONS, values)).toEqual([
      expect.stringMatching(
        /^less-strict-secret q\.note: receives the secret payment\.apiKey, .* \(in the scope billing\)$/,
      ),
    ]);
    @ConfigSection('copy')
    class CopySettings {
      @Secure() apiKey!: SecureValue<string>;
    }
    for (const copy of ['${payment}', { $extends: 'payment' }]) {
      expect(await issuesOf([PaymentSettings, CopySettings], { payment: { apiKey: 'k' }, copy })).toEqual([
        expect.stringMatching(/^less-strict-secret copy\.apiKey: receives the secret payment\.apiKey, /),
      ]);
    }
  });

  it('is opened in no text, and not in data that is kept as one text', async () => {
    const payment = { token: CANARY };
    for (const values of [
      { sealed: 'a${payment.token}' },
      { sealedJson: '${payment}' },
      { sealedJson: { a: '${payment.token}' } },
    ]) {
      expect(await issuesOf(SECTIONS, { payment, q: values })).toEqual([
        expect.stringContaining('builds a string from a sealed value'),
      ]);
    }
  });

  it('is received by a field that is declared as strictly, and opens there', async () => {
    const generation = await loaded(
      SECTIONS,
      {
        payment: { apiKey: 'a', token: 't', readKey: 'r' },
        q: {
          encrypted: '<${payment.apiKey}>',
          sealed: '${payment.token}',
          forClient: '${payment.readKey}',
          note2: 'x',
        },
      },
      policy(),
    );
    const { encrypted, sealed, forClient } = q(generation);
    expect([opened(encrypted), opened(sealed), opened(forClient, PaymentClient)]).toEqual(['<a>', 't', 'r']);
  });

  it('opens for nobody who may not use all that it was built from, and says which', async () => {
    const entries: AccessRecord[] = [];
    const audit = { record: async (entry: AccessRecord) => Promise.resolve(void entries.push(entry)) };
    const { secrets } = policy({ effect: 'deny', paths: ['payment.masked'], principals: ['billing'], rights: ['use'] });
    const values = { payment: { apiKey: 'a', masked: 'm' }, q: { encrypted: '${payment.apiKey}-${payment.masked}' } };
    const { encrypted } = q(await loaded(SECTIONS, values, { secrets: { ...secrets, audit } }));
    expect(codeOf(() => runAs('billing', () => opened(encrypted)))).toBe('access-denied');
    expect(codeOf(() => runAs('billing', () => encrypted?.equals('a-m')))).toBe('access-denied');
    expect(runAs('shipping', () => opened(encrypted))).toBe('a-m');
    expect(entries.map(({ action, decision, path }) => [action, decision, path])).toEqual([
      ['use', 'deny', 'payment.masked'],
      ['use', 'deny', 'payment.masked'],
    ]);
  });

  it('opens for its readers alone, who read what it was built from, too', async () => {
    const values = { payment: { readKey: 'r' }, q: { forClient: '${payment.readKey}' } };
    const { forClient } = q(await loaded(SECTIONS, values));
    expect([codeOf(() => opened(forClient)), codeOf(() => opened(forClient, Ledger))]).toEqual([
      'access-denied',
      'access-denied',
    ]);
    expect(opened(forClient, PaymentClient)).toBe('r');
  });

  it('is on record with what it was built from, which is on record as its own field says', async () => {
    const entries: AccessRecord[] = [];
    const audit = { record: async (entry: AccessRecord) => Promise.resolve(void entries.push(entry)) };
    const values = {
      payment: { auditedKey: 'k', masked: 'm' },
      q: { audited: '${payment.auditedKey}${payment.masked}' },
    };
    const { audited } = q(await loaded(SECTIONS, values, { secrets: { audit } }));
    expect(codeOf(() => opened(audited))).toBe('audit-needs-async');
    expect(audited && (await useSecretAsyncAs(audited, Ledger, (text) => text))).toBe('km');
    expect(entries).toMatchObject([
      { path: 'q.audited', actor: 'Ledger', origins: ['payment.auditedKey', 'payment.masked'] },
      { path: 'payment.auditedKey', actor: 'Ledger' },
    ]);
  });

  it('keeps its rules through a @Transform, a reload and another load that is handed the value', async () => {
    const values = { payment: { masked: 'm' }, q: { loud: '${payment.masked}' } };
    const denied = policy({ effect: 'deny', paths: ['payment.masked'], rights: ['use'] });
    const first = q(await loaded(SECTIONS, values, denied));
    expect(codeOf(() => opened(first.loud))).toBe('access-denied');
    const second = q(await loaded(SECTIONS, { q: { loud: first.loud, note: first.loud } }, policy()));
    expect([codeOf(() => opened(second.loud)), codeOf(() => opened(second.note))]).toEqual([
      'access-denied',
      'access-denied',
    ]);
  });

  it('is another one, with other rules, when it is built from others that say the same', async () => {
    const sources = (note: string): readonly ConfigSource[] => [
      object({ payment: { masked: 'same', apiKey: 'same' }, q: { encrypted: note } }),
    ];
    const first = await loaded(SECTIONS, sources('${payment.masked}'));
    const second = await loadGeneration({
      sections: SECTIONS,
      sources: sources('${payment.apiKey}'),
      environment: 'test',
      env: {},
    });
    expect(sameSettings(q(first).encrypted, q(second).encrypted)).toBe(false);
  });

  it('opens after its key was rotated, with the keys that there are then', async () => {
    const keyring = new MemoryKeyring();
    const values = { payment: { token: keyring.seal('t', 'payment.token') }, q: { sealed: '${payment.token}' } };
    const generation = await loaded(SECTIONS, values, {
      secrets: { ...policy().secrets, keyring, app: 'orders' },
    });
    expect(opened(q(generation).sealed)).toBe('t');
  });
});

describe('the text of a secret', () => {
  it.each([
    ['a word that looks like a reference', 'pa${word123}end'],
    ['a variable', 'pa${env:WORD123}end'],
    ['a file', 'pa${file:/run/secrets/word123}end'],
    ['a file out of reach', 'pa${file:/etc/word123}end'],
    ['what is no path', 'pa${word123..x}end'],
    ['what has no end', 'pa${word123'],
    ['a reference in a reference', 'pa${word123${a}}'],
  ])('is not quoted when it holds %s', async (_, text) => {
    for (const field of ['note', 'encrypted', 'sealed']) {
      const error = await refused(SECTIONS, { q: { [field]: text } });
      expect(error.issues).toHaveLength(1);
      expect(inspect(error, { depth: null })).not.toMatch(/word123/i);
      expect(error.message).toContain('$${');
    }
    expect((await refused(SECTIONS, { q: { plain: text } })).message).toMatch(/word123|not closed|inside the name/i);
  });

  it('is not quoted by explain either, but for the settings that it refers to', async () => {
    const values = { payment: { masked: 'm' }, q: { note: '${payment.masked}${word123:-x}${env:WORD123:-y}' } };
    const explanation = (await loaded(SECTIONS, values)).explain('q.note');
    expect(explanation.references).toEqual(['${payment.masked}']);
    expect(String(explanation)).not.toMatch(/word123/i);
  });
});
