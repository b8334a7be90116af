import { isAllowed, type Place } from './finding.js';
import { SECRET_FORMS, SERVICE_TOKENS } from '../../core/index.js';
import { isSecretValue, isStandIn, keyValues } from './secret-values.js';

/** What is no plain text: our tokens, those of Spring, and references. Each bounded, as all forms are. */
const PROTECTED = /\{(?:jwe|cipher)\}[\w.{}:+/=-]{0,20000}|\$\{[^{}\n]{0,500}\}|\$\{\{[^{}\n]{0,500}\}\}/g;

/** Longer lines are looked at in part only: no secret that a rule knows is longer. */
const LONGEST_LINE = 200_000;

const PATTERNS = [...SECRET_FORMS, ...SERVICE_TOKENS];

/** The secrets of a text that show by their form, or by the name of their key. */
export function scanText(text: string): readonly Place[] {
  const lines = text.split(/\r\n?|\n/);
  return lines.flatMap((line, index) => {
    const places = scanLine(line.slice(0, LONGEST_LINE), index + 1).filter(
      ({ rule, column }) => rule !== 'private-key' || !isEmptyKey(lines.slice(index, index + 4), column),
    );
    return places.length === 0 || isAllowed(lines, index + 1) ? [] : places;
  });
}

function scanLine(line: string, number: number): readonly Place[] {
  if (line.length < 8) return [];
  // As many characters, so that columns stay right.
  const shown = line.replace(PROTECTED, (covered) => ' '.repeat(covered.length));
  const places: Place[] = [];
  for (const { rule, what, form, holds } of PATTERNS) {
    for (const { 0: secret, index } of shown.matchAll(form)) {
      if (isMeantAsExample(rule, secret) || holds?.(secret) === false) continue;
      places.push({ line: number, column: index + 1, rule, what });
    }
  }
  if (places.length > 0) return places;
  return keyValues(shown)
    .filter(isSecretValue)
    .map(({ key, start }) => ({
      line: number,
      column: start + 1,
      rule: 'secret-value',
      what: `the value of ${JSON.stringify(key)}`,
    }));
}

/** A header of a private key whose end follows with hardly anything between them, as documentation writes it. */
function isEmptyKey([first = '', ...next]: readonly string[], column: number): boolean {
  const text = [first.slice(column - 1, column + 300), ...next.map((line) => line.slice(0, 300))].join('\n');
  const [, body] = /^-----BEGIN [A-Z0-9 ]{1,60}-----([^]{0,300}?)-----END /.exec(text) ?? [];
  return body !== undefined && body.replaceAll(/[^A-Za-z0-9+/]/g, '').length < 48;
}

/** As documentation writes them: AKIAIOSFODNN7EXAMPLE, user:password@host. */
function isMeantAsExample(rule: string, secret: string): boolean {
  if (/EXAMPLE|example/.test(secret)) return true;
  if (rule !== 'url-credentials') return false;
  const [user, password] = [secret.slice(0, secret.indexOf(':')), secret.slice(secret.indexOf(':') + 1)];
  return user === password || isStandIn(password);
}
