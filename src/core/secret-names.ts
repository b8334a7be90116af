import { foldKey } from './config-path.js';

/** What a value that must not be shown is shown as. */
export const MASK = '[secure]';

/** What stands in the place of {@link MASK} for whoever may not even see that: it may be set or not, and come from anywhere. */
export const WITHHELD = '[withheld]';

const SECRET_WORDS =
  /passw(?:or)?d|passphrase|passcode|secret|token|credential|apikey|accesskey|privatekey|signingkey|encryptionkey|masterkey|connectionstring|^pwd$|^dsn$|^auth$|authorization|cookie|certkey/;

/**
 * True for a key whose name says that its value is a secret (`password`, `apiKey`, `client-secret`, …). A safety net
 * for fields nobody has marked: such values are never logged, printed or quoted in an error.
 */
export function looksSecret(key: string): boolean {
  return SECRET_WORDS.test(foldKey(key));
}

/** True for a group or list written as one text in which a key looks like that of a secret, whatever the field is called. */
export function holdsSecretKeys(text: string): boolean {
  return /^\s*[[{]/.test(text) && looksSecret(text);
}

/**
 * Hides the credentials of every URL inside a text: `postgres://app:hunter2@db/x` becomes `postgres://[secure]@db/x`, and
 * `https://api/x?token=abc` becomes `https://api/x?token=[secure]`. They end at the last `@` before the path, as in every
 * browser, for passwords are often written without escapes; one that holds a `/`, `?` or `#` ends where its word does.
 */
export function maskUrlCredentials(text: string): string {
  if (!text.includes('://')) return text;
  return text
    .replace(USER_INFO, `://${MASK}@`)
    .replace(UNESCAPED_USER_INFO, `://${MASK}@`)
    .replace(PARAMETER, (parameter, name: string) => (isSecretParameter(name) ? `${name}=${MASK}` : parameter));
}

const USER_INFO = /:\/\/[^\s/?#"'<>]+@/g;

/** What follows the first colon is no port, so that it is no host that stands before it. Bounded: it may begin anywhere. */
const UNESCAPED_USER_INFO = /:\/\/(?!\[)[^\s/?#"'<>@:]{0,200}:(?!\d{1,5}[,/?#])[^\s"'<>]{1,500}@/g;

const PARAMETER = /(?<=[?&;])([\w.~%-]{1,100})=[^\s&;#"'<>]+/g;

/** By their names, and signatures of links that open what they lead to. */
function isSecretParameter(name: string): boolean {
  return looksSecret(name) || /(?:^|-)sig(?:nature)?$/i.test(name);
}

/**
 * What an encrypted value starts with wherever it is written; a JWE in compact form follows. Subpath: `uno-config/keys`.
 */
export const TOKEN_PREFIX = '{jwe}';

/** What an encrypted value of Spring Cloud Config starts with. */
export const SPRING_PREFIX = '{cipher}';

/** True for a text that says it is encrypted: a token of ours, or a value of Spring Cloud Config. Asked of every text. */
export function isEncryptedText(text: string): boolean {
  return text.charCodeAt(0) === BRACE && (text.startsWith(TOKEN_PREFIX) || text.startsWith(SPRING_PREFIX));
}

const BRACE = 0x7b;
