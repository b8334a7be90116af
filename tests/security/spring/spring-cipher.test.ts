import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { springCipher } from '../../../src/security/index.js';
import { errorOf } from '../../core/error-of.js';

const KEY = 's3cr3t-encrypt-key';
const OTHER_KEY = 'schlüssel €';
const OTHER_SALT = 'cafebabe01020304';

// Made with javax.crypto as Spring Security documents its encryptors: PBKDF2WithHmacSHA1, 1024 rounds, 256 bits of key,
// AES/CBC/PKCS5Padding for "text" and AES/GCM/NoPadding with a 16-byte nonce for "delux"; hex of the nonce and the rest.
const HUNTER = '00112233445566778899aabbccddeeff5531be9ddfe3e0ad871baa95daddf4e6';
const textVectors = [
  [KEY, 'deadbeef', 'hunter2', HUNTER],
  [KEY, 'deadbeef', '', 'f0e1d2c3b4a5968778695a4b3c2d1e0f02657468be357cf5a981daa585aa3260'],
  [
    KEY,
    'deadbeef',
    'sixteen bytes ok',
    '00112233445566778899aabbccddeeffd6b8aec63fb09f2de58a30bc369518f2d06dbc3d0b2a35e8543f4e500fba4926',
  ],
  [OTHER_KEY, OTHER_SALT, 'grüße, 世界', 'f0e1d2c3b4a5968778695a4b3c2d1e0fb9e0fa7ae08c0583c47d9463fbe99b5b'],
] as const;
const deluxVectors = [
  [KEY, 'deadbeef', 'hunter2', '00112233445566778899aabbccddeeffdc6c78711460bb86b9715df48f33adbdcf88dad660d0b5'],
  [
    OTHER_KEY,
    OTHER_SALT,
    'grüße, 世界',
    'f0e1d2c3b4a5968778695a4b3c2d1e0f6890dee0cd69148dffafc5853dec07de95cc3a146b1f70154f78db4d3068d1',
  ],
] as const;

describe('springCipher', () => {
  it.each(textVectors)('opens what Encryptors.text writes under %s and %s: %j', (key, salt, text, hex) => {
    expect(springCipher({ key, salt }).open(`{cipher}${hex}`)).toBe(text);
  });

  it.each(deluxVectors)('opens what Encryptors.delux writes under %s and %s: %j', (key, salt, text, hex) => {
    expect(springCipher({ key, salt, encryptor: 'delux' }).open(`{cipher}${hex}`)).toBe(text);
  });

  it('salts with deadbeef unless told otherwise', () => {
    expect(springCipher({ key: KEY }).open(`{cipher}${HUNTER}`)).toBe('hunter2');
  });

  it('skips the pairs between prefix and value, and takes capital digits', () => {
    const value = `{cipher}{name:orders}{profiles:test}${HUNTER.toUpperCase()}`;
    expect(springCipher({ key: KEY }).open(value)).toBe('hunter2');
  });

  it('takes the key from a function or a secret, when the first value is opened and never again', () => {
    let asked = 0;
    const cipher = springCipher({ key: () => ((asked += 1), KEY) });
    expect(asked).toBe(0);
    expect([cipher.open(`{cipher}${HUNTER}`), cipher.open(`{cipher}${HUNTER}`), asked]).toEqual([
      'hunter2',
      'hunter2',
      1,
    ]);
    expect(springCipher({ key: { use: (read) => read(KEY) } }).open(`{cipher}${HUNTER}`)).toBe('hunter2');
  });

  it('knows its values by their prefix', () => {
    const cipher = springCipher({ key: KEY });
    expect([`{cipher}${HUNTER}`, HUNTER, '{jwe}x'].map((text) => cipher.matches(text))).toEqual([true, false, false]);
  });

  it.each([
    ['the wrong key', { key: 'another' }, `{cipher}${HUNTER}`],
    ['the wrong salt', { key: KEY, salt: 'beefdead' }, `{cipher}${HUNTER}`],
    ['the wrong encryptor', { key: KEY, encryptor: 'delux' as const }, `{cipher}${HUNTER}`],
    ['a changed byte of the padding', { key: KEY }, `{cipher}${HUNTER.slice(0, -1)}7`],
    ['a missing digit', { key: KEY }, `{cipher}${HUNTER.slice(0, -1)}`],
    ['a missing block', { key: KEY }, `{cipher}${HUNTER.slice(0, 32)}`],
    ['a short nonce', { key: KEY }, '{cipher}0011'],
    ['an empty value', { key: KEY }, '{cipher}'],
    ['what is not hexadecimal', { key: KEY }, '{cipher}AQBhunter2hunter2=='],
    ['no prefix', { key: KEY }, HUNTER],
    [
      'a changed byte of a delux value',
      { key: KEY, encryptor: 'delux' as const },
      `{cipher}ff${deluxVectors[0][3].slice(2)}`,
    ],
    [
      'a key that cannot be had',
      {
        key: () => {
          throw new Error('hunter2');
        },
      },
      `{cipher}${HUNTER}`,
    ],
  ])('refuses %s with one and the same error', (_what, options, text) => {
    const error = errorOf(() => springCipher(options).open(text));
    expect([error.code, error.category, error.cause]).toEqual(['spring-cipher-not-opened', 'security', undefined]);
    expect(error.message).toBe(
      'A {cipher} value cannot be opened.\n' +
        'Check encrypt.key and encrypt.salt, and that the value is whole; one made with a key store cannot be read.',
    );
  });

  it('shows nothing of its key', () => {
    const cipher = springCipher({ key: KEY });
    cipher.open(`{cipher}${HUNTER}`);
    expect(inspect(cipher, { showHidden: true, depth: 9 })).not.toContain(KEY);
    expect(JSON.stringify(cipher)).toBe('{}');
  });

  it.each([
    [
      'key',
      { key: '' },
      'springCipher: key must be the text of encrypt.key, a function, or a SecureValue; got an empty string.',
    ],
    ['salt', { key: KEY, salt: 'abc' }, 'springCipher: salt must be hexadecimal, such as deadbeef; got a string.'],
    ['salt', { key: KEY, salt: '' }, 'springCipher: salt must be hexadecimal, such as deadbeef; got an empty string.'],
  ])('refuses a %s that cannot be one', (_option, options, message) => {
    expect(() => springCipher(options)).toThrow(new TypeError(message));
  });
});
