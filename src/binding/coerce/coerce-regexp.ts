import { types } from 'node:util';
import { type Coerced, NOT_SET, refusal, refuseChange } from './coercion-failure.js';

const FLAGS = /^[a-z]*$/;
const STATEFUL = /[gy]/;

/**
 * A RegExp, or a string: `/pattern/flags`, or the bare pattern. The flags `g` and `y` are errors: such an expression stores
 * where it stopped, so one user of the settings would change what another one matches. The result is frozen.
 */
export function coerceRegExp(raw: unknown): Coerced<RegExp> {
  if (types.isRegExp(raw)) return regExpOf(raw);
  if (raw === '') return NOT_SET;
  if (typeof raw !== 'string') return notRegExp(raw);
  const [pattern, flags] = splitLiteral(raw);
  return STATEFUL.test(flags) ? stateful(raw) : compile(pattern, flags, raw);
}

function regExpOf(raw: RegExp): Coerced<RegExp> {
  if (raw.global || raw.sticky) return stateful(raw);
  return Object.isFrozen(raw) && Object.hasOwn(raw, 'compile') ? raw : compile(raw.source, raw.flags, raw);
}

// `/api/v1` does not end in letters after a slash, so it is a bare pattern; `/api/users` is a literal with bad flags.
function splitLiteral(text: string): readonly [pattern: string, flags: string] {
  const end = text.lastIndexOf('/');
  const flags = text.slice(end + 1);
  return text.startsWith('/') && end > 1 && FLAGS.test(flags) ? [text.slice(1, end), flags] : [text, ''];
}

function compile(pattern: string, flags: string, raw: unknown): Coerced<RegExp> {
  try {
    const compiled = new RegExp(pattern, flags);
    // RegExp.prototype.compile changes even a frozen expression before it fails.
    Object.defineProperty(compiled, 'compile', { value: refuse });
    return Object.freeze(compiled);
  } catch {
    // The engine's message quotes the whole pattern, so it is not passed on.
    return notRegExp(raw);
  }
}

const refuse = refuseChange('RegExp', 'new RegExp(pattern)');

const notRegExp = refusal(
  'not-a-regexp',
  'a regular expression',
  'write /pattern/flags with flags of d, i, m, s, u and v, or the pattern alone; start a pattern that begins with a slash with \\/',
);

const stateful = refusal(
  'stateful-regexp',
  'a regular expression without the flags g and y',
  'leave g and y out: they make the expression remember its last match; matchAll and replaceAll take a copy with g',
);
