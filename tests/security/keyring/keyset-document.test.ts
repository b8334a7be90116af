import { describe, expect, it } from '@jest/globals';
import type { KeysetDocument as Document } from '../../../src/security/index.js';
import {
  activateKey,
  destroyKey,
  disableKey,
  Keyset,
  KeysetDocument,
  publicKeyset,
  retireKey,
} from '../../../src/security/index.js';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { rotateKey as rotateKeyAsIs } from '../../../src/security/index.js';
import { errorOf } from '../../core/error-of.js';
import { generateKeyset, jsonOf, rotateKey } from '../keysets.js';

const clock = { now: () => Date.parse('2026-03-01T12:00:00Z'), monotonic: () => 0, after: () => () => undefined };
const document = generateKeyset('orders', { clock });

const NAME = 'keyset: must be up to 64 letters, digits, dots, hyphens and underscores';
const LIST = 'keys: must be a list of at most 1000';
const THIRTY_TWO = 'must be 32 bytes in base64url without padding';

/** What is wrong with a document that has been changed so. */
function problems(change: (json: Json) => unknown): string[] {
  const json = jsonOf(document);
  const changed = change(json) ?? json;
  const error = errorOf(() => KeysetDocument.parse(JSON.stringify(changed), 'keys.json'));
  expect(error).toMatchObject({ code: 'keyset-invalid', category: 'security' });
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

function states({ keys }: Document): string[] {
  return keys.map(({ kid, use, state }) => `${kid} ${use} ${state}`);
}

type Json = ReturnType<typeof jsonOf>;

/** Changes members of a key. */
function set(index: number, members: object): (json: Json) => void {
  return ({ keys }) => {
    Object.assign(keys[index] ?? {}, members);
  };
}

/** Adds a key that is the first one but for these members. */
function add(members: object): (json: Json) => void {
  return ({ keys }) => {
    keys.push({ ...keys[0], ...members });
  };
}

/** Wraps the first key under a passphrase, with these parameters instead of sensible ones. */
function wrap(change: object): (json: Json) => void {
  const salt = Buffer.alloc(16).toString('base64');
  return set(0, { k: undefined, wrapped: { kdf: 'scrypt', N: 2 ** 17, r: 8, p: 1, salt, key: 'AAAA', ...change } });
}

describe('a keyset document', () => {
  it('is a JSON Web Key Set with a name and the state of every key', () => {
    expect(jsonOf(document)).toEqual({
      keyset: 'orders',
      keys: [
        {
          kty: 'oct',
          alg: 'dir',
          enc: 'A256GCM',
          kid: 'orders/1',
          k: expect.stringMatching(/^[\w-]{43}$/),
          state: 'primary',
          created: '2026-03-01T12:00:00.000Z',
        },
        {
          kty: 'OKP',
          crv: 'X25519',
          alg: 'ECDH-ES',
          enc: 'A256GCM',
          kid: 'orders/2',
          x: expect.stringMatching(/^[\w-]{43}$/),
          d: expect.stringMatching(/^[\w-]{43}$/),
          state: 'primary',
          created: '2026-03-01T12:00:00.000Z',
        },
      ],
    });
  });

  it('is written as it was read', () => {
    const changed = destroyKey(retireKey(rotateKey(document, 'seal', { clock }), 'orders/2'), 'orders/2');
    for (const each of [document, changed, publicKeyset(document)]) {
      expect(KeysetDocument.parse(each.toText()).toText()).toBe(each.toText());
      expect(KeysetDocument.parse(Buffer.from(each.toText())).keys).toEqual(each.keys);
    }
  });

  it.each<[string, (json: Json) => unknown, string[]]>([
    ['no object', () => [], [': must be a JSON object', NAME, LIST]],
    ['no name', (json) => ({ keys: json.keys }), [NAME]],
    ['a name with a blank', (json) => ({ ...json, keyset: 'my orders' }), [NAME]],
    ['other members', (json) => ({ ...json, secret: 'hunter2' }), [': must have no other members than keyset, keys']],
    ['no keys', (json) => ({ ...json, keys: [] }), ['keys: must have at least one key']],
    ['too many keys', (json) => ({ ...json, keys: new Array<object>(1001).fill({}) }), [LIST]],
    ['a short key', set(0, { k: 'c2hvcnQ' }), [`keys.0.k: ${THIRTY_TWO}`]],
    ['a padded key', set(1, { d: `${'A'.repeat(43)}=` }), [`keys.1.d: ${THIRTY_TWO}`]],
    ['another algorithm', set(0, { alg: 'A256KW' }), ['keys.0.alg: must be dir']],
    ['another curve', set(1, { crv: 'P-256' }), ['keys.1.crv: must be X25519']],
    [
      'an unknown state',
      set(0, { state: 'hunter2' }),
      ['keys.0.state: must be one of primary, active, retired, disabled'],
    ],
    [
      'no time',
      set(0, { created: '2026-13-01T00:00:00Z' }),
      ['keys.0.created: must be a time such as 2026-03-01T12:00:00Z'],
    ],
    [
      'a strange key id',
      set(0, { kid: 'a"b' }),
      ['keys.0.kid: must be up to 128 letters, digits and . _ ~ : / -, the first no sign'],
    ],
    ['a key id twice', set(1, { kid: 'orders/1' }), ['keys.1.kid: is the name of another key as well']],
    ['no primary key', set(0, { state: 'active' }), ['keys: must have one primary key to encrypt with, and has 0']],
    ['two primary keys', add({ kid: 'orders/3' }), ['keys: must have one primary key to encrypt with, and has 2']],
    ['no key material', set(0, { k: undefined }), ['keys.0.k: is missing']],
    ['a key twice', set(0, { wrapped: { provider: 'local', key: 'AAAA' } }), ['keys.0.wrapped: must not be beside k']],
    ['an absurd cost', wrap({ N: 2 ** 30 }), ['keys.0.wrapped.N: must be a power of two from 16384 to 1048576']],
    [
      'a cost that is no power of two',
      wrap({ N: 20_000 }),
      ['keys.0.wrapped.N: must be a power of two from 16384 to 1048576'],
    ],
    ['an absurd block size', wrap({ r: 17 }), ['keys.0.wrapped.r: must be 1 to 16']],
    ['absurd lanes', wrap({ p: 5 }), ['keys.0.wrapped.p: must be 1 to 4']],
    [
      'too much memory',
      wrap({ N: 2 ** 18, r: 9 }),
      ['keys.0.wrapped.r: would take more than 256 MiB of memory together with N'],
    ],
    ['hardly any salt', wrap({ salt: 'AAAA' }), ['keys.0.wrapped.salt: must be base64, 16 bytes or more']],
    ['another derivation', wrap({ kdf: 'pbkdf2' }), ['keys.0.wrapped.kdf: must be scrypt']],
  ])('with %s is refused, and quoted nowhere', (_, change, expected) => {
    expect(problems(change)).toEqual(expected);
  });

  it('with everything wrong tells everything at once', () => {
    expect(problems(({ keys }) => ({ keyset: '', keys: [{}, ...keys], more: 1 })).length).toBeGreaterThan(6);
  });

  it.each(['', 'k', '{"keyset": "orders", "keys": [}', `"${'x'.repeat(1024 * 1024)}"`, '\ud800'])(
    'that cannot be read is refused, and not quoted: %#',
    (text) => {
      const error = errorOf(() => KeysetDocument.parse(text, 'keys.json'));
      expect(error.message).toMatch(/^keys\.json is not a valid keyset\.\n {2}- must be a JSON object\n/);
      expect(error.cause).toBeUndefined();
    },
  );

  it('with halves of different keys makes no keyset', () => {
    const json = jsonOf(document);
    const other = jsonOf(generateKeyset('orders'));
    Object.assign(json.keys[1] ?? {}, { x: other.keys[1]?.['x'] });
    expect(errorOf(() => Keyset.of(KeysetDocument.parse(JSON.stringify(json))))).toMatchObject({
      code: 'keyset-invalid',
      message:
        'The key orders/2 cannot be used: its two halves do not belong together.\n' +
        'Correct it, or take a copy of the keyset from before it was changed.',
    });
  });
});

describe('the changes of a keyset', () => {
  it('lead a key from its making to its end, and leave the document before as it was', () => {
    const rotated = rotateKey(document, 'encrypt', { clock });
    const retired = retireKey(rotated, 'orders/1');
    const destroyed = destroyKey(retired, 'orders/1');
    expect(states(document)).toEqual(['orders/1 encrypt primary', 'orders/2 seal primary']);
    expect(states(rotated)).toEqual(['orders/1 encrypt active', 'orders/2 seal primary', 'orders/3 encrypt primary']);
    expect(states(retired)[0]).toBe('orders/1 encrypt retired');
    expect(states(disableKey(rotated, 'orders/1'))[0]).toBe('orders/1 encrypt disabled');
    expect(states(activateKey(retired, 'orders/1'))[0]).toBe('orders/1 encrypt active');
    expect(states(destroyed)).toEqual(['orders/2 seal primary', 'orders/3 encrypt primary']);
  });

  it('add the first key of a use', () => {
    const encryptOnly = generateKeyset('orders', { uses: ['encrypt'] });
    expect(states(rotateKey(encryptOnly, 'seal'))).toEqual(['orders/1 encrypt primary', 'orders/2 seal primary']);
  });

  it('call every key after itself, so that keys made apart from each other never share an id', async () => {
    const [one, other] = [rotateKeyAsIs(document, 'encrypt'), rotateKeyAsIs(document, 'seal')];
    const kids = [one, other].map(({ keys }) => keys.at(-1)?.kid ?? '');
    const thumbprints = [one, other].map(async (each) => {
      // Members that jose reads: a text, or absent.
      return calculateJwkThumbprint(jsonOf(each).keys.at(-1) as JWK);
    });
    expect(kids).toEqual((await Promise.all(thumbprints)).map((thumbprint) => `orders/${thumbprint.slice(0, 16)}`));
    expect(kids[0]).not.toBe(kids[1]);
  });

  it.each([
    [
      'retire',
      retireKey,
      'orders/1',
      'The key orders/1 is primary and cannot become retired.\nRotate first: what was the primary key is active then.',
    ],
    [
      'disable',
      disableKey,
      'orders/2',
      'The key orders/2 is primary and cannot become disabled.\nRotate first: what was the primary key is active then.',
    ],
    [
      'activate',
      activateKey,
      'orders/1',
      'The key orders/1 is primary and cannot become active.\nRotate first: what was the primary key is active then.',
    ],
    [
      'destroy',
      destroyKey,
      'orders/1',
      'The key orders/1 is primary and cannot become destroyed.\nRotate, encrypt again what is under it, and retire it first.',
    ],
  ])('do not %s the primary key', (_, change, kid, message) => {
    expect(errorOf(() => change(document, kid))).toMatchObject({ code: 'key-state', message });
  });

  it('bring no destroyed key back, and destroy none that still counts', () => {
    const rotated = rotateKey(document, 'encrypt');
    expect(errorOf(() => destroyKey(rotated, 'orders/1')).code).toBe('key-state');
    const destroyed = destroyKey(disableKey(rotated, 'orders/1'), 'orders/1');
    for (const change of [retireKey, disableKey, activateKey, destroyKey]) {
      expect(errorOf(() => change(destroyed, 'orders/1')).code).toBe('unknown-key-id');
    }
  });

  it('name the keys there are when there is none of that name', () => {
    expect(errorOf(() => retireKey(document, 'hunter2'))).toMatchObject({
      code: 'unknown-key-id',
      message: 'The keyset orders has no key of this name.\nIt has orders/1, orders/2.',
    });
  });

  it('have no public half where nothing can be sealed', () => {
    expect(errorOf(() => publicKeyset(generateKeyset('orders', { uses: ['encrypt'] }))).code).toBe('no-primary-key');
  });

  it('need names and uses that are right', () => {
    expect(() => generateKeyset('my orders')).toThrow(TypeError);
    expect(() => generateKeyset('orders', { uses: [] })).toThrow(TypeError);
    // As a program without types could.
    expect(() => rotateKey(document, 'sign' as 'seal')).toThrow(
      new TypeError('rotateKey: the use must be one of "encrypt", "seal"; got "sign".'),
    );
  });
});
