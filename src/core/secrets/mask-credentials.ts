import { SECRET_FORMS } from './secret-forms.js';
import { looksSecret, MASK } from './secret-names.js';
import { SERVICE_TOKENS } from './service-tokens.js';

/**
 * Hides what looks like a credential in a string that is not declared as a secret: user and password of URLs and of
 * `user:password@host`, `Bearer …`, `password=…` in connection strings, private keys, and the tokens that services make.
 * A safety net for strings that are shown or quoted: a secret without a recognisable form is not found.
 */
export function maskCredentials(text: string): string {
  if (text.length < SHORTEST) return text;
  const urls = maskBareCredentials(maskUrlCredentials(text));
  const masked = maskPairs(urls.replace(PRIVATE_KEY, MASK).replace(AUTHORIZATION, `$1 ${MASK}`));
  // Most strings are none of these, and checking each form costs more than all else.
  if (!/\d/.test(masked) || !MAY_HOLD_TOKEN.test(masked)) return masked;
  return ALL_FORMS.reduce(
    (shown, { form, holds }) => shown.replace(form, (match) => (holds?.(match) === false ? match : MASK)),
    masked,
  );
}

const SHORTEST = 6;
const ALL_FORMS = [...SECRET_FORMS, ...SERVICE_TOKENS];

/** A run of so many characters without a blank, and a digit: no token is shorter, and none is without. */
const MAY_HOLD_TOKEN = /[\w+/=.~:-]{16}/;

/** From its head on: what follows is the key. */
const PRIVATE_KEY = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----[\s\S]*/g;

const AUTHORIZATION = /\b(Bearer|Basic)\s{1,5}(?!(?:auth|token|scheme)[a-z]*\b)[\w.~+/=-]{6,}/gi;

/** The values of keys, and of words of a command line, that look like those of secrets. A key may be the value of another one: `${env:PASSWORD:-x}`. */
function maskPairs(text: string): string {
  if (!/[=:]|--/.test(text)) return text;
  let shown = '';
  let shownTo = 0;
  for (const { 0: pair, 1: named, 2: flag, index } of text.matchAll(KEY)) {
    if (index < shownTo || !looksSecret(named ?? flag ?? '')) continue;
    const start = index + pair.length;
    const [, value = ''] = VALUE.exec(text.slice(start, start + LONGEST_VALUE)) ?? [];
    if (value === '') continue;
    shown += text.slice(shownTo, start) + MASK;
    shownTo = start + value.length;
  }
  return shown + text.slice(shownTo);
}

const KEY = /(?<![\w.-])(?:["']?([\w.-]{1,60})["']?\s{0,3}[=:]\s{0,3}|(--[\w.-]{1,60})\s{1,3}(?![\s-]))/g;
const VALUE = /^(?!\[secure\])("[^"]+"?|'[^']+'?|[^\s;,&"'{}[\]]+)/;
const LONGEST_VALUE = 5000;

/**
 * Hides the credentials of every URL inside a string: `postgres://app:hunter2@db/x` becomes `postgres://[secure]@db/x`, and
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

/** `app:hunter2@db` without a scheme, as drivers and DSNs accept it. An address behind a word such as `mailto:` stays. */
function maskBareCredentials(text: string): string {
  return text.includes('@') && text.includes(':') ? text.replace(BARE_USER_INFO, `${MASK}@`) : text;
}

const BARE_USER_INFO =
  /(?<![\w.+%:/@-])(?!(?:mailto|sips?|acct|xmpp|e?mail|from|to|npm|file|git|link|workspace):)[\w.+%-]{0,64}:(?!\/\/)[^\s"'<>]{1,200}@(?=[\w[])/gi;

const USER_INFO = /:\/\/[^\s/?#"'<>]+@/g;

/** What follows the first colon is no port, so that it is no host that precedes it. Bounded: it may begin anywhere. */
const UNESCAPED_USER_INFO = /:\/\/(?!\[)[^\s/?#"'<>@:]{0,200}:(?!\d{1,5}[,/?#])[^\s"'<>]{1,500}@/g;

const PARAMETER = /(?<=[?&;])([\w.~%-]{1,100})=[^\s&;#"'<>]+/g;

/** By their names, and signatures of links that open what they lead to. */
function isSecretParameter(name: string): boolean {
  return looksSecret(name) || /(?:^|-)sig(?:nature)?$/i.test(name);
}
