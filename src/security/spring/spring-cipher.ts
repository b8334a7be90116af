import type { KeyObject } from 'node:crypto';
import { ConfigError, option, type OptionKinds, readOptions, SPRING_PREFIX } from '../../core/index.js';

const BLOCK = 16;

/** Something that shows its text only inside a function, such as a `SecureValue<string>`. */
export interface SecretText {
  use<R>(read: (text: string) => R): R;
}

/** What {@link springCipher} needs to know. */
export interface SpringCipherOptions {
  /** What `encrypt.key` says on the Spring side: the text, a function that returns it, or a `SecureValue` of it. */
  readonly key: string | (() => string) | SecretText;
  /** What `encrypt.salt` says: hexadecimal, an even number of digits. Default: `deadbeef`, as in Spring. */
  readonly salt?: string;
  /**
   * Which of Spring's text encryptors wrote the values: `text` (AES-256-CBC, what `encrypt.key` makes) or `delux`
   * (AES-256-GCM, for programs that bring that encryptor themselves). Default: `text`.
   */
  readonly encryptor?: 'text' | 'delux';
}

const OPTIONS = {
  key: option.required(option.kind('the text of encrypt.key, a function, or a SecureValue', isKey)),
  salt: option.kind(
    'hexadecimal, such as deadbeef',
    (value) => typeof value === 'string' && value !== '' && isHex(value),
  ),
  encryptor: option.oneOf('text', 'delux'),
} satisfies OptionKinds<SpringCipherOptions>;

function isKey(value: unknown): boolean {
  if (typeof value === 'string') return value !== '';
  if (typeof value === 'function') return true;
  return typeof value === 'object' && value !== null && 'use' in value && typeof value.use === 'function';
}

/** Opens values that Spring Cloud Config has encrypted; made by {@link springCipher}. Never writes any. */
export interface SpringCipher {
  /** True for a text that begins with `{cipher}`. */
  matches(text: string): boolean;
  /**
   * The plain text of a `{cipher}…` value. Pairs such as `{name:orders}` after the prefix are skipped, as in Spring.
   *
   * @throws ConfigError `spring-cipher-not-opened`, category `security`, whatever the reason.
   */
  open(text: string): string;
}

/**
 * Reads `{cipher}…` values of Spring Cloud Config, while you move to `{jwe}`: those of its server's `/encrypt`, made with a
 * symmetric `encrypt.key`. Values made with an RSA key store cannot be opened. Their key is derived as Spring does it
 * (PBKDF2 with HMAC-SHA1, 1024 rounds, 256 bits), when the first value is opened. `text` values carry no proof that
 * nobody has changed them; encrypt them anew soon. Subpath: `uno-config/keys`.
 *
 * @throws TypeError naming the option.
 * @example
 * ```ts
 * const cipher = springCipher({ key: () => process.env['ENCRYPT_KEY'] ?? '', salt: 'deadbeef' });
 * ```
 */
export function springCipher(options: SpringCipherOptions): SpringCipher {
  readOptions('springCipher', options, OPTIONS);
  const { key, salt = 'deadbeef', encryptor = 'text' } = options;
  let derived: KeyObject | undefined;
  return Object.freeze({
    matches: (text) => text.startsWith(SPRING_PREFIX),
    open: (text) => {
      try {
        derived ??= derive(key, Buffer.from(salt, 'hex'));
        return opened(derived, encryptor, bytesOf(text));
      } catch {
        throw notOpened();
      }
    },
  } satisfies SpringCipher);
}

function derive(key: SpringCipherOptions['key'], salt: Buffer): KeyObject {
  const { createSecretKey, pbkdf2Sync } = process.getBuiltinModule('node:crypto');
  const make = (text: string): KeyObject => {
    const bytes = pbkdf2Sync(text, salt, 1024, 32, 'sha1');
    const secret = createSecretKey(bytes);
    bytes.fill(0);
    return secret;
  };
  if (typeof key === 'string') return make(key);
  return typeof key === 'function' ? make(key()) : key.use(make);
}

/** The bytes after the prefix and its pairs. Spring takes whatever follows the last brace. */
function bytesOf(text: string): Buffer {
  const hex = text.slice(text.lastIndexOf('}') + 1);
  if (!text.startsWith(SPRING_PREFIX) || !isHex(hex)) throw notOpened();
  return Buffer.from(hex, 'hex');
}

function opened(key: KeyObject, encryptor: 'text' | 'delux', bytes: Buffer): string {
  const { createDecipheriv } = process.getBuiltinModule('node:crypto');
  const iv = bytes.subarray(0, BLOCK);
  if (encryptor === 'text') {
    const decipher = createDecipheriv('aes-256-cbc', key, iv);
    return utf8(decipher.update(bytes.subarray(BLOCK)), decipher.final());
  }
  const end = bytes.length - BLOCK;
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: BLOCK });
  decipher.setAuthTag(bytes.subarray(end));
  return utf8(decipher.update(bytes.subarray(BLOCK, end)), decipher.final());
}

/** With the wrong key one text in 256 has a right padding; nearly none of them is UTF-8. */
function utf8(...parts: readonly Buffer[]): string {
  const bytes = Buffer.concat(parts);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } finally {
    for (const part of [...parts, bytes]) part.fill(0);
  }
}

function isHex(text: string): boolean {
  return text.length % 2 === 0 && /^[\da-f]*$/i.test(text);
}

/** One error for every reason: the reason must not be disclosed. */
function notOpened(): ConfigError {
  return new ConfigError({
    code: 'spring-cipher-not-opened',
    message: 'A {cipher} value cannot be opened.',
    recovery:
      'Check encrypt.key and encrypt.salt, and that the value is whole; one made with a key store cannot be read.',
  });
}
