import { type ConfigPath, isConfigMap, MAX_DEPTH } from '../../core/index.js';

/** A leaf that a format must look at again. */
export interface RareLeaf {
  readonly path: ConfigPath;
  readonly value: unknown;
  /** Puts another value in its place. */
  readonly replace: (value: unknown) => void;
}

/** What one walk over a freshly parsed tree found. */
export interface Survey {
  /** How many keys all maps have together. */
  readonly keys: number;
  /** How many values there are, counted as often as they are reached. */
  readonly values: number;
  /** Numbers outside the safe range, integers of more than {@link MAX_DIGITS} digits, halves of surrogate pairs, objects that are no plain map. */
  readonly rare: readonly RareLeaf[];
  /** What the walk stopped at, if it did. */
  readonly excess?: Excess;
}

/** A limit that a tree exceeds, and where. */
export interface Excess {
  readonly code: 'too-deep' | 'too-many-values';
  readonly path: ConfigPath;
}

/** What {@link surveyTree} looks for. */
export interface SurveyOptions {
  /** How many values the tree may have, counted as often as they are reached; no limit when absent. */
  readonly maxValues?: number;
  /** Whether strings may hold half a surrogate pair. */
  readonly surrogates: boolean;
}

/** How many digits an integer may have. */
export const MAX_DIGITS = 1_000;

const MAX_INTEGER = 10n ** BigInt(MAX_DIGITS);

/** Walks a parsed tree once; ends by itself on cycles and on trees that aliases blow up. */
export function surveyTree(root: unknown, options: SurveyOptions): Survey {
  const found: Found = { keys: 0, values: 0, rare: [], excess: undefined };
  if (typeof root === 'object' && root !== null) visit(root, [], options, found);
  const { excess, ...survey } = found;
  return excess === undefined ? survey : { ...survey, excess };
}

interface Found {
  keys: number;
  values: number;
  readonly rare: RareLeaf[];
  excess: Excess | undefined;
}

/** Looks through a list or a map; whatever else is an object, its holder has noted. */
function visit(node: object, trail: string[], options: SurveyOptions, found: Found): void {
  if (trail.length >= MAX_DEPTH) found.excess = { code: 'too-deep', path: [...trail] };
  else if (Array.isArray(node)) {
    found.values += node.length;
    if (found.values > (options.maxValues ?? Infinity)) found.excess = { code: 'too-many-values', path: [...trail] };
    for (let index = 0; index < node.length && found.excess === undefined; index++) {
      const value: unknown = node[index];
      if (!isPlain(value, options)) visitRest(node, String(index), value, trail, options, found);
    }
  } else if (isConfigMap(node)) {
    for (const key in node) {
      // The engine knows this of the keys of a `for … in`, and asks nothing.
      if (!Object.prototype.hasOwnProperty.call(node, key)) continue;
      found.keys++;
      // A key cannot be replaced; a torn one is refused.
      if (options.surrogates && isTorn(key)) found.rare.push({ path: [...trail, key], value: key, replace: NOTHING });
      const value = node[key];
      if (!isPlain(value, options)) visitRest(node, key, value, trail, options, found);
      if (found.excess === undefined && ++found.values > (options.maxValues ?? Infinity)) {
        found.excess = { code: 'too-many-values', path: [...trail] };
      }
      if (found.excess !== undefined) return;
    }
  }
}

const NOTHING = (): void => undefined;

/** True for a single value that need not be looked at again. */
function isPlain(value: unknown, { surrogates }: SurveyOptions): boolean {
  switch (typeof value) {
    case 'string':
      return !surrogates || !isTorn(value);
    case 'number':
      return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER;
    case 'bigint':
      return value < MAX_INTEGER && value > -MAX_INTEGER;
    default:
      return typeof value !== 'object' || value === null;
  }
}

function visitRest(
  holder: object,
  key: string,
  value: unknown,
  trail: string[],
  options: SurveyOptions,
  found: Found,
): void {
  if (Array.isArray(value) || isConfigMap(value)) {
    trail.push(key);
    visit(value, trail, options, found);
    trail.pop();
  } else {
    found.rare.push({ path: [...trail, key], value, replace: replacerOf(holder, key) });
  }
}

/** A function of its own, because one with a closure in it makes a place for what that keeps at each call. */
function replacerOf(holder: object, key: string): RareLeaf['replace'] {
  return (other) => void Reflect.set(holder, key, other);
}

/** The number of colons in a string. */
export function countColons(text: string): number {
  let count = 0;
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) count++;
  return count;
}

/** True for a string with half of a surrogate pair in it. */
function isTorn(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}
