import { inspect } from 'node:util';
import { serialize } from 'node:v8';
import { describe, expect, it } from '@jest/globals';
import type { LogRecord } from '../../../src/core/index.js';
import {
  activateKey,
  destroyKey,
  disableKey,
  Keyset,
  KeysetDocument,
  publicKeyset,
  retireKey,
  scopeHash,
} from '../../../src/security/index.js';
import { errorOf } from '../../core/error-of.js';
import { cfg, generateKeyset, jsonOf, newKeyset, opened, rotateKey } from '../keysets.js';

const SECRET = Buffer.from('swordfish');

describe('Keyset', () => {
  it('opens what it encrypts and what it seals, and says with which key', () => {
    const { keyset } = newKeyset();
    const encrypted = keyset.encrypt(SECRET, cfg);
    const sealed = keyset.seal(SECRET, cfg);
    expect(keyset.open(encrypted, [cfg])).toEqual({ bytes: SECRET, kid: 'orders/1', sealed: false, retired: false });
    expect(keyset.open(sealed, [cfg])).toEqual({ bytes: SECRET, kid: 'orders/2', sealed: true, retired: false });
    expect(keyset.inspect(encrypted)).toEqual({ kid: 'orders/1', sealed: false, cfg });
    expect(keyset.inspect(sealed)).toEqual({ kid: 'orders/2', sealed: true, cfg });
  });

  it('makes another token of the same value every time', () => {
    const { keyset } = newKeyset();
    const made = Array.from({ length: 50 }, () => [keyset.encrypt(SECRET, cfg), keyset.seal(SECRET, cfg)]).flat();
    expect(new Set(made).size).toBe(100);
  });

  it('opens for any of the accepted scopes', () => {
    const { keyset } = newKeyset();
    const wide = scopeHash({ app: 'orders' });
    expect(opened(keyset, keyset.encrypt(SECRET, wide), [cfg, wide])).toBe('swordfish');
  });

  it('hands out bytes in memory of their own, not of the shared pool', () => {
    const { keyset } = newKeyset();
    for (const token of [keyset.encrypt(SECRET, cfg), keyset.seal(SECRET, cfg)]) {
      expect(keyset.open(token, [cfg]).bytes.buffer.byteLength).toBe(SECRET.length);
    }
  });

  it.each([
    ['active', (document: KeysetDocument) => document, true, false],
    ['retired', (document: KeysetDocument) => retireKey(document, 'orders/1'), true, true],
    ['disabled', (document: KeysetDocument) => disableKey(document, 'orders/1'), false, false],
  ])('with a key that is %s opens its values or not', (state, change, opens, retired) => {
    const first = generateKeyset('orders', { uses: ['encrypt'] });
    const token = Keyset.of(first).encrypt(SECRET, cfg);
    const keyset = Keyset.of(change(rotateKey(first, 'encrypt')));
    expect(keyset.keys[0]).toMatchObject({ kid: 'orders/1', state, canOpen: opens });
    const answer = opens
      ? keyset.open(token, [cfg])
      : { retired: false, kid: errorOf(() => keyset.open(token, [cfg])).code };
    expect(answer).toMatchObject({ retired, kid: opens ? 'orders/1' : 'secret-not-opened' });
    expect(keyset.inspect(keyset.encrypt(SECRET, cfg))?.kid).toBe('orders/2');
  });

  it('with a key that was destroyed opens its values no more', () => {
    const first = generateKeyset('orders', { uses: ['encrypt'] });
    const token = Keyset.of(first).encrypt(SECRET, cfg);
    const keyset = Keyset.of(destroyKey(retireKey(rotateKey(first, 'encrypt'), 'orders/1'), 'orders/1'));
    expect([keyset.keys.map(({ kid }) => kid), errorOf(() => keyset.open(token, [cfg])).code]).toEqual([
      ['orders/2'],
      'secret-not-opened',
    ]);
  });

  it.each([
    ['encrypt', 'k', 'A'.repeat(43)],
    ['encrypt', 'k', Buffer.alloc(32, 0xff).toString('base64url')],
    ['seal', 'd', 'A'.repeat(43)],
  ] as const)('takes no 32 equal bytes for a key to %s: %s %s', (use, member, bytes) => {
    const json = jsonOf(generateKeyset('orders', { uses: [use] }));
    Object.assign(json.keys[0] ?? {}, { [member]: bytes });
    expect(errorOf(() => Keyset.of(KeysetDocument.parse(JSON.stringify(json))))).toMatchObject({
      code: 'keyset-invalid',
      message:
        'The key orders/1 cannot be used: all its bytes are the same.\n' +
        'Correct it, or take a copy of the keyset from before it was changed.',
    });
  });

  it('reports values under a retired key, once for each key', () => {
    const first = newKeyset();
    const token = first.keyset.encrypt(SECRET, cfg);
    const records: LogRecord[] = [];
    const logger = { log: (record: LogRecord): number => records.push(record) };
    const keyset = Keyset.of(retireKey(rotateKey(first.document, 'encrypt'), 'orders/1'), { logger });
    keyset.open(token, [cfg]);
    keyset.open(token, [cfg]);
    expect(records).toEqual([
      {
        level: 'warn',
        event: 'config.secret.retired-key',
        message: 'Values are still encrypted under orders/1, which is retired.',
        fields: { keyset: 'orders', kid: 'orders/1' },
      },
    ]);
  });

  it.each(['encrypt', 'seal'] as const)('rewraps a value to %s under the primary key, for the same scope', (use) => {
    const first = newKeyset(use);
    const token = first.keyset[use](SECRET, cfg);
    const keyset = Keyset.of(rotateKey(first.document, use));
    const rewrapped = keyset.rewrap(token);
    expect(keyset.inspect(rewrapped)).toEqual({ kid: 'orders/2', sealed: use === 'seal', cfg });
    expect(opened(keyset, rewrapped)).toBe('swordfish');
    expect(keyset.rewrap(rewrapped)).toBe(rewrapped);
    expect(errorOf(() => keyset.rewrap('{jwe}text')).code).toBe('secret-not-opened');
  });

  it('of public halves seals, and opens nothing', () => {
    const { keyset, document } = newKeyset();
    const writer = Keyset.of(publicKeyset(document));
    const token = writer.seal(SECRET, cfg);
    expect(opened(keyset, token)).toBe('swordfish');
    expect(errorOf(() => writer.open(token, [cfg])).code).toBe('secret-not-opened');
    expect(writer.keys).toMatchObject([{ kid: 'orders/2', state: 'primary', canOpen: false }]);
    expect(errorOf(() => writer.encrypt(SECRET, cfg))).toMatchObject({
      code: 'no-primary-key',
      message:
        'The keyset orders has no key to encrypt with.\n' +
        "Add one with rotateKey(document, 'encrypt'), or use a keyset that has one.",
    });
  });

  it('takes only the hash of a scope, and no value over 16 MiB', () => {
    const { keyset } = newKeyset();
    expect(() => keyset.encrypt(SECRET, 'orders')).toThrow(new TypeError('cfg must be what scopeHash(scope) gives.'));
    const large = Buffer.alloc(16 * 1024 * 1024);
    expect(keyset.open(keyset.encrypt(large, cfg), [cfg]).bytes).toHaveLength(large.length);
    expect(errorOf(() => keyset.seal(Buffer.alloc(large.length + 1), cfg)).code).toBe('secret-too-large');
  });

  it('shows no key material, however it is printed', () => {
    const { keyset, document } = newKeyset();
    const material = jsonOf(document).keys.flatMap(({ k, d }) =>
      [k, d].filter((each) => each !== undefined),
    ) as string[];
    expect(material).toHaveLength(2);
    const options = { depth: Infinity, showHidden: true, getters: true };
    for (const each of [keyset, document]) {
      const shown = [
        inspect(each, options),
        inspect(each, { ...options, customInspect: false }),
        JSON.stringify(each),
        serialize(Object.fromEntries(Object.entries(each))).toString('latin1'),
        JSON.stringify(structuredClone(Object.fromEntries(Object.entries(each)))),
        Reflect.ownKeys(each).map(String).join(),
      ].join('\n');
      expect(shown).toContain('orders/1');
      for (const secret of material) {
        expect(shown).not.toContain(secret);
        expect(shown).not.toContain(Buffer.from(secret, 'base64url').toString('hex'));
        expect(shown).not.toContain(Buffer.from(secret, 'base64url').toString('latin1'));
      }
    }
  });
});

describe('activateKey', () => {
  it('lets a disabled key open again', () => {
    const { keyset, document } = newKeyset();
    const token = keyset.encrypt(SECRET, cfg);
    const disabled = disableKey(rotateKey(document, 'encrypt'), 'orders/1');
    expect(errorOf(() => Keyset.of(disabled).open(token, [cfg])).code).toBe('secret-not-opened');
    expect(opened(Keyset.of(activateKey(disabled, 'orders/1')), token)).toBe('swordfish');
  });
});
