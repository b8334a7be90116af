import path from 'node:path';
import { foldKey } from '../config-path.js';

/** What a value that must not be shown is shown as. */
export const MASK = '[secure]';

/** Shown instead of {@link MASK} for a caller who may not even see that: it may be set or not, and come from anywhere. */
export const WITHHELD = '[withheld]';

const SECRET_WORDS =
  /passw(?:or)?d|passphrase|passcode|secret(?!ar[yi])|token(?!i[sz])|credential|apikey|(?:access|account|shared)key|privatekey|signingkey|encryptionkey|masterkey|connectionstring|^pwd$|^dsn$|^auth$|authorization|cookie|certkey/;

const SHORT = ['pass', 'pin', 'jwt', 'salt', 'pepper', 'otp', 'totp', 'psk', 'cvv', 'cvc'];

/** Words that are secrets where they end a name, and too short to be looked for inside others (`passenger`, `pinned`). */
const SHORT_WORDS: ReadonlySet<string> = new Set(SHORT);
const MAY_HOLD_SHORT_WORD = new RegExp(SHORT.join('|'), 'i');

/** What may follow them: `pinCode`, `jwtKey`, `saltValue`, `pass2`. */
const FOLLOWS_SHORT_WORD = /^(?:code|key|value|text|string|hash|phrase|\d+)$/;

/** Those of them that are numbers as a rule. */
const NUMERIC_WORDS: ReadonlySet<string> = new Set(['pin', 'otp', 'totp', 'cvv', 'cvc']);

/**
 * True for a key whose name suggests that its value is a secret (`password`, `apiKey`, `client-secret`, `dbPass`, …). A
 * safety net for fields that are not marked: such values are never logged, printed or quoted in an error.
 */
export function looksSecret(key: string): boolean {
  return SECRET_WORDS.test(foldKey(key)) || endsWithOneOf(SHORT_WORDS, key);
}

/** The same for the key of a number: `maxTokens` is none, `pin` is one. */
export function looksSecretNumber(key: string): boolean {
  return endsWithOneOf(NUMERIC_WORDS, key) || /passcode/i.test(key);
}

function endsWithOneOf(words: ReadonlySet<string>, key: string): boolean {
  if (key.length > LONGEST_NAME || !MAY_HOLD_SHORT_WORD.test(key)) return false;
  const parts = key
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z\d]+|(?<=[A-Za-z])(?=\d)/)
    .map((part) => part.toLowerCase())
    .filter((part) => part !== '');
  while (FOLLOWS_SHORT_WORD.test(parts.at(-1) ?? '')) parts.pop();
  return words.has(parts.at(-1) ?? '');
}

const LONGEST_NAME = 200;

/** True for a map or list written as one string with a key that looks like a secret's, whatever the field's name. */
export function holdsSecretKeys(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  const quoted = text.matchAll(/["']([\w.-]{1,100})["']\s{0,20}:/g);
  return SECRET_WORDS.test(foldKey(text)) || [...quoted].some(([, key = '']) => looksSecret(key));
}

/**
 * What an encrypted value starts with wherever it is written; a JWE in compact form follows. Subpath: `uno-config/keys`.
 */
export const TOKEN_PREFIX = '{jwe}';

/** What an encrypted value of Spring Cloud Config starts with. */
export const SPRING_PREFIX = '{cipher}';

/** True for a string in the form of an encrypted value: our token, or Spring Cloud Config's. Checked for every string. */
export function isEncryptedText(text: string): boolean {
  return text.charCodeAt(0) === BRACE && (text.startsWith(TOKEN_PREFIX) || text.startsWith(SPRING_PREFIX));
}

const BRACE = 0x7b;

/** Folders that container platforms mount secrets in: what is in there is a secret, whatever its field is called. */
export const MOUNTED_SECRETS: readonly string[] = Object.freeze(['/run/secrets', '/var/run/secrets']);

/** True for one of these folders, and for what is inside. Links are not followed: the path as written decides. */
export function isMountedSecret(file: string): boolean {
  const absolute = path.resolve(file);
  return MOUNTED_SECRETS.some((folder) => absolute === folder || absolute.startsWith(`${folder}${path.sep}`));
}
