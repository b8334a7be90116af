import { isAllowed, type Place } from './finding.js';

/** A decorator with its arguments, as deep as these are written as a rule. Bounded, as all forms are. */
const ARGUMENTS = String.raw`\((?:[^()]|\((?:[^()]|\([^()]{0,500}\)){0,500}\)){0,2000}\)`;
const DECORATOR = String.raw`@[\w$.]{1,100}(?:${ARGUMENTS})?\s{0,200}`;
const MODIFIERS = String.raw`(?:(?:public|private|protected|readonly|declare|override)\s{1,20}){0,4}`;
const SECRET = String.raw`(?:[\w$<>[\]|,.?\s]{0,200}?[\s<|(,])?SecureValue\s{0,20}<`;
const FIELD = new RegExp(
  String.raw`((?:${DECORATOR}){1,20})${MODIFIERS}([\w$]{1,100})\s{0,20}[!?]?\s{0,20}:\s{0,20}${SECRET}[^;=(){}]{0,200}[;=]`,
  'g',
);

/** What hides no code: comments, and texts, which may hold anything. */
const NO_CODE = /\/\/[^\n]*|\/\*[^]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;

/**
 * The fields of a TypeScript file that are typed `SecureValue` and have decorators, but not `@Secure`. A compiler that
 * writes no metadata leaves nothing of the type, and such a field is bound, and printed, as plain text.
 */
export function undeclaredSecrets(text: string): readonly Place[] {
  if (!text.includes('SecureValue')) return [];
  const lines = text.split(/\r\n?|\n/);
  // As many characters, so that places stay right.
  const code = text.replace(NO_CODE, (hidden) => hidden.replace(/[^\n]/g, ' '));
  return [...code.matchAll(FIELD)].flatMap((match) => {
    const [all, decorators = '', name = ''] = match;
    if (/@Secure\b/.test(decorators)) return [];
    const before = code.slice(0, match.index + all.indexOf(name, decorators.length));
    const line = before.split('\n').length;
    if (isAllowed(lines, line)) return [];
    const column = before.length - before.lastIndexOf('\n');
    const what = `${name}, which is typed SecureValue and not declared with @Secure: it is bound as plain text`;
    return [{ line, column, rule: 'undeclared-secret', what }];
  });
}

/** True for a file that may declare settings classes. */
export function isTypeScript(file: string): boolean {
  return /\.[cm]?tsx?$/.test(file) && !/\.d\.[cm]?ts$/.test(file);
}
