import { ConfigError } from '../../core/index.js';
import type { KeyUse } from './key-description.js';

export function noPrimaryKey(keyset: string, use: KeyUse): ConfigError {
  return new ConfigError({
    code: 'no-primary-key',
    message: `The keyset ${keyset} has no key to ${use} with.`,
    recovery: `Add one with rotateKey(document, '${use}'), or use a keyset that has one.`,
  });
}

export function secretTooLarge(bytes: number): ConfigError {
  return new ConfigError({
    code: 'secret-too-large',
    message: `A value of ${String(bytes)} bytes is too large to be encrypted.`,
    recovery: 'The most are 16 MiB. Keep what is larger in a file, and the key of that file here.',
  });
}

export function unusableKey(kid: string, why: string): ConfigError {
  return new ConfigError({
    code: 'keyset-invalid',
    message: `The key ${kid} cannot be used: ${why}.`,
    recovery: 'Correct it, or take a copy of the keyset from before it was changed.',
  });
}

/** The error of a key that stays wrapped. Never holds the words of who could not unwrap it. */
export function keyNotUnwrapped(kid: string, why: string): ConfigError {
  return new ConfigError({
    code: 'key-not-unwrapped',
    message: `The key ${kid} could not be unwrapped: ${why}.`,
    recovery: 'Give the keyring the passphrase or the key provider that the key was wrapped with.',
  });
}
