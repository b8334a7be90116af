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
  /** How many colons stand in texts, keys apart. */
  readonly colons: number;
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
  /** Whether texts may hold half a surrogate pair. */
  readonly surrogates: boolean;
}

/** How many digits an integer may have. */
export const MAX_DIGITS = 1_000;

const MAX_INTEGER = 10n ** BigInt(MAX_DIGITS);

/** Walks a parsed tree once; ends by itself on cycles and on trees that aliases blow up. */
export function surveyTree(root: unknown, options: SurveyOptions): Survey {
  const surveyor = new Surveyor(options);
  surveyor.visit(root);
  const { keys, values, colons, rare, excess } = surveyor;
  return { keys, values, colons, rare, ...(excess !== undefined && { excess }) };
}

class Surveyor {
  public keys = 0;
  public values = 0;
  public colons = 0;
  public readonly rare: RareLeaf[] = [];
  public excess: Excess | undefined;
  readonly #maxValues: number;
  readonly #surrogates: boolean;
  readonly #trail: string[] = [];

  public constructor(options: SurveyOptions) {
    this.#maxValues = options.maxValues ?? Number.POSITIVE_INFINITY;
    this.#surrogates = options.surrogates;
  }

  public visit(node: unknown): void {
    if (Array.isArray(node)) this.#visitList(node);
    else if (isConfigMap(node)) this.#visitMap(node);
  }

  #visitList(list: unknown[]): void {
    if (this.#exceeds(list.length)) return;
    for (let index = 0; index < list.length && this.excess === undefined; index++) {
      const value = list[index];
      if (!this.#isPlain(value)) this.#visitRest(list, String(index), value);
    }
  }

  #visitMap(map: Record<string, unknown>): void {
    if (this.#exceeds(0)) return;
    for (const key in map) {
      // The engine knows this of the keys of a `for … in`, and asks nothing.
      if (!Object.prototype.hasOwnProperty.call(map, key)) continue;
      this.keys += 1;
      if (this.#surrogates && isTorn(key)) this.#noteTorn(key);
      const value = map[key];
      if (!this.#isPlain(value)) this.#visitRest(map, key, value);
      if (this.excess !== undefined || this.#exceeds(1)) return;
    }
  }

  /** True for a single value that need not be looked at again. */
  #isPlain(value: unknown): boolean {
    switch (typeof value) {
      case 'string':
        if (value.includes(':')) this.colons += countColons(value);
        return !this.#surrogates || !isTorn(value);
      case 'number':
        return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER;
      case 'bigint':
        return value < MAX_INTEGER && value > -MAX_INTEGER;
      default:
        return typeof value !== 'object' || value === null;
    }
  }

  /** A key cannot be replaced; a torn one is refused. */
  #noteTorn(key: string): void {
    this.rare.push({ path: [...this.#trail, key], value: key, replace: () => undefined });
  }

  #visitRest(holder: object, key: string, value: unknown): void {
    if (Array.isArray(value) || isConfigMap(value)) {
      this.#trail.push(key);
      this.visit(value);
      this.#trail.pop();
    } else {
      const replace = (other: unknown): void => void Reflect.set(holder, key, other);
      this.rare.push({ path: [...this.#trail, key], value, replace });
    }
  }

  #exceeds(values: number): boolean {
    this.values += values;
    if (this.#trail.length >= MAX_DEPTH) this.excess = { code: 'too-deep', path: [...this.#trail] };
    else if (this.values > this.#maxValues) this.excess = { code: 'too-many-values', path: [...this.#trail] };
    return this.excess !== undefined;
  }
}

/** How many colons a text has. */
export function countColons(text: string): number {
  let count = 0;
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) count++;
  return count;
}

/** True for a text with half of a surrogate pair in it. */
function isTorn(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}
