import { describe, expect, it } from '@jest/globals';
import {
  developmentKeyring,
  generateKeyset,
  keyDirectory,
  keyEnvironment,
  keyFile,
  localKeyProvider,
  openKeyset,
  rotateKey,
  rotateSecrets,
  unwrapKeys,
} from '../../src/keys.js';

const document = generateKeyset('orders');

describe('the options of keys', () => {
  // As a caller without types may call them.
  it.each<[string, (options: never) => unknown, string, string]>([
    ['developmentKeyring', (options) => developmentKeyring('keys.json', options), 'keysett', 'keyset'],
    ['generateKeyset', (options) => generateKeyset('orders', options), 'use', 'uses'],
    ['keyDirectory', (options) => keyDirectory('keys', options), 'keysett', 'keyset'],
    ['keyEnvironment', (options) => keyEnvironment('KEYS', options), 'pasphrase', 'passphrase'],
    ['keyFile', (options) => keyFile('keys.json', options), 'pasphrase', 'passphrase'],
    ['localKeyProvider', localKeyProvider, 'fiel', 'file'],
    ['openKeyset', (options) => openKeyset(document, options), 'provider', 'providers'],
    ['rotateKey', (options) => rotateKey(document, 'seal', options), 'clok', 'clock'],
    ['rotateSecrets', rotateSecrets, 'dryrun', 'dryRun'],
    ['unwrapKeys', (options) => unwrapKeys(document, options), 'provider', 'providers'],
  ])('of %s are refused where one is misspelt, or none is there', async (call, make, misspelt, meant) => {
    const given = async (options: unknown): Promise<unknown> => Promise.resolve(make(options as never));
    await expect(given({ [misspelt]: 1 })).rejects.toThrow(
      new TypeError(`${call}: ${misspelt} is not an option; did you mean ${meant}?`),
    );
    await expect(given('correct horse')).rejects.toThrow(
      new RegExp(`^${call}: the options must be an object of options, such as { [a-zA-Z]+: … }; got a string\\.$`),
    );
  });

  it.each<[() => unknown, string]>([
    [
      () => generateKeyset('a b'),
      'generateKeyset: the name must be up to 64 letters, digits, dots, hyphens and underscores; got a string.',
    ],
    [
      () => rotateKey(document, 'sael' as never),
      'rotateKey: the use must be one of "encrypt", "seal"; got "sael". Did you mean "seal"?',
    ],
    [() => keyFile(''), 'keyFile: the path must be the path of a file or folder; got an empty string.'],
    [() => keyFile('a', { passphrase: 7 as never }), 'keyFile: passphrase must be a string, or a function; got 7.'],
    [
      () => localKeyProvider({} as never),
      'localKeyProvider: file must be a file, or variable a variable; got nothing.',
    ],
    [
      () => localKeyProvider({ file: 'a', variable: 'B' }),
      'localKeyProvider: variable goes without a file: name one of them.',
    ],
  ])('are refused where they cannot be meant: %#', (make, message) => {
    expect(make).toThrow(new TypeError(message));
  });
});
