import { ConfigError } from './config-error.js';
import { foldKey } from './config-path.js';
import { parsePath } from './parse-path.js';

/** Checks whether a pattern matches a path, given as its {@link foldedKeys}. */
export type PathMatcher = (keys: readonly string[]) => boolean;

// A state of the machine below is a bit of a number, and bitwise operators know 32 of them, one being the sign.
const MOST_KEYS = 30;

/**
 * Reads a pattern of paths: dotted keys in any spelling, where `*` matches any one key and `**` any number of keys, none
 * included. `routes["*"]` is the key `*` itself.
 *
 * Matching looks at every key of a path once, whatever the pattern: the positions in the pattern that the keys so far
 * can have led to are kept as the bits of one number.
 *
 * @param globs whether a star may be a part of a key, and then matches any characters in it: `port*`
 * @throws TypeError naming the option when the string is no pattern.
 */
export function compilePathPattern(text: string, option = 'pattern', globs = false): PathMatcher {
  const { steps, loops } = readPattern(text, option, globs);
  let anyKey = 0;
  steps.forEach((step, index) => {
    if (step === ANY_KEY) anyKey |= 1 << index;
  });
  const byKey = new Map<string, number>();
  steps.forEach((step, index) => {
    if (typeof step === 'string') byKey.set(step, (byKey.get(step) ?? anyKey) | (1 << index));
  });
  const parts = steps.flatMap((step, index) => (typeof step === 'object' ? [{ ...step, bit: 1 << index }] : []));
  return (keys) => {
    let positions = 1;
    for (const key of keys) {
      let steps = byKey.get(key) ?? anyKey;
      for (const { texts, bit } of parts) if (isMadeOf(key, texts)) steps |= bit;
      positions = ((positions & steps) << 1) | (positions & loops);
    }
    return ((positions >> steps.length) & 1) === 1;
  };
}

/** True for a key that begins with the first part, ends with the last, and has the others in between, in their order. */
function isMadeOf(key: string, [first = '', ...others]: readonly string[]): boolean {
  const last = others.at(-1) ?? '';
  if (key.length < first.length + last.length || !key.startsWith(first) || !key.endsWith(last)) return false;
  let from = first.length;
  for (const text of others.slice(0, -1)) {
    const at = key.indexOf(text, from);
    if (at === -1) return false;
    from = at + text.length;
  }
  return from <= key.length - last.length;
}

const ANY_KEY = Symbol('*');

/** A key with stars in it: the strings between them. */
interface KeyParts {
  readonly texts: readonly string[];
}

type Step = string | typeof ANY_KEY | KeyParts;

interface Pattern {
  /** One for each key that must be there. */
  readonly steps: readonly Step[];
  /** The bits of the positions at which any number of keys may be. */
  readonly loops: number;
}

function readPattern(text: string, option: string, globs: boolean): Pattern {
  const refuse = (why: string): TypeError => notAPattern(text, option, why);
  const steps: Step[] = [];
  let loops = 0;
  for (const { key, quoted } of patternKeys(text, option)) {
    if (key === '**' && !quoted) loops |= 1 << steps.length;
    else if (key === '*' && !quoted) steps.push(ANY_KEY);
    else if (key.includes('*') && !quoted && globs) steps.push({ texts: key.split('*').map(foldKey) });
    else if (key.includes('*') && !quoted)
      throw refuse(`in "${key}" the star is only a part of the key; * matches a whole key`);
    else steps.push(foldKey(key));
    if (steps.length > MOST_KEYS) throw refuse(`it has more than ${String(MOST_KEYS)} keys`);
  }
  return { steps, loops };
}

function patternKeys(text: string, option: string): readonly { readonly key: string; readonly quoted: boolean }[] {
  if (typeof (text as unknown) !== 'string') throw new TypeError(`${option}: must be a text such as database.**.`);
  let path: readonly string[];
  try {
    path = parsePath(text);
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    throw notAPattern(text, option, 'its keys cannot be read');
  }
  // Of the keys that hold a star, those in quotes mean it literally.
  const stars = [...text.matchAll(/\["((?:[^"\\]|\\["\\])*)"\]|[^.[\]"]+/g)].map((match) => match[1] !== undefined);
  return path.map((key, index) => ({ key, quoted: stars[index] ?? false }));
}

function notAPattern(text: string, option: string, why: string): TypeError {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return new TypeError(
    `${option}: "${shown}" cannot be used: ${why}. Write keys with dots between them, * for any one key and ** for any number of keys, such as database.** or servers.*.port.`,
  );
}

/** The keys of a canonical path in the one spelling in which patterns are compared. */
export function foldedKeys(path: string): readonly string[] {
  try {
    return parsePath(path).map(foldKey);
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    // Longer than any path that can be asked for; only "everything" names it.
    return [path];
  }
}
