import { ConfigError, foldKey, parsePath } from '../../core/index.js';
import type { LeafChange } from './config-event.js';

/** Tells whether a change is at a path that a pattern names. */
export type PathMatcher = (change: LeafChange) => boolean;

// A state of the machine below is a bit of a number, and bitwise operators know 32 of them, one being the sign.
const MOST_KEYS = 30;

/**
 * Reads a pattern of paths: dotted keys in any spelling, where `*` stands for any one key and `**` for any number of
 * keys, none included. `routes["*"]` is the key `*` itself.
 *
 * Matching looks at every key of a path once, whatever the pattern: the positions in the pattern that the keys so far
 * can have led to are kept as the bits of one number.
 *
 * @throws TypeError naming the option when the text is no pattern.
 */
export function compilePathPattern(text: string): PathMatcher {
  const { steps, loops } = readPattern(text);
  let anyKey = 0;
  steps.forEach((step, index) => {
    if (step === ANY_KEY) anyKey |= 1 << index;
  });
  const byKey = new Map<string, number>();
  steps.forEach((step, index) => {
    if (typeof step === 'string') byKey.set(step, (byKey.get(step) ?? anyKey) | (1 << index));
  });
  return (change) => {
    let positions = 1;
    for (const key of keysOf(change)) {
      positions = ((positions & (byKey.get(key) ?? anyKey)) << 1) | (positions & loops);
    }
    return ((positions >> steps.length) & 1) === 1;
  };
}

const ANY_KEY = Symbol('*');

interface Pattern {
  /** One for each key that must be there. */
  readonly steps: readonly (string | typeof ANY_KEY)[];
  /** The bits of the positions at which any number of keys may stand. */
  readonly loops: number;
}

function readPattern(text: string): Pattern {
  const steps: (string | typeof ANY_KEY)[] = [];
  let loops = 0;
  for (const { key, quoted } of patternKeys(text)) {
    if (key === '**' && !quoted) loops |= 1 << steps.length;
    else if (key === '*' && !quoted) steps.push(ANY_KEY);
    else if (key.includes('*') && !quoted)
      throw notAPattern(text, `in "${key}" the star is only a part of the key; * stands for a whole one`);
    else steps.push(foldKey(key));
    if (steps.length > MOST_KEYS) throw notAPattern(text, `it has more than ${String(MOST_KEYS)} keys`);
  }
  return { steps, loops };
}

function patternKeys(text: string): readonly { readonly key: string; readonly quoted: boolean }[] {
  if (typeof (text as unknown) !== 'string') throw new TypeError('pattern: must be a text such as database.**.');
  let path: readonly string[];
  try {
    path = parsePath(text);
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    throw notAPattern(text, 'its keys cannot be read');
  }
  // Of the keys that hold a star, those in quotes mean it literally.
  const stars = [...text.matchAll(/\["((?:[^"\\]|\\["\\])*)"\]|[^.[\]"]+/g)].map((match) => match[1] !== undefined);
  return path.map((key, index) => ({ key, quoted: stars[index] ?? false }));
}

function notAPattern(text: string, why: string): TypeError {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return new TypeError(
    `pattern: "${shown}" cannot be used: ${why}. Write keys with dots between them, * for any one key and ** for any number of keys, such as database.** or servers.*.port.`,
  );
}

/** Every subscription asks for the keys of the same change. */
const keysByChange = new WeakMap<LeafChange, readonly string[]>();

function keysOf(change: LeafChange): readonly string[] {
  let keys = keysByChange.get(change);
  if (keys === undefined) keysByChange.set(change, (keys = readKeys(change.path)));
  return keys;
}

function readKeys(path: string): readonly string[] {
  try {
    return parsePath(path).map(foldKey);
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    // Longer than any path that can be asked for; only "everything" names it.
    return [path];
  }
}
