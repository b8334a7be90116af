import { type ConfigPath, foldKey, formatPath, isConfigMap, looksSecret, maskCredentials } from '../../core/index.js';

/** What a file of another library is, in words of this one. */
export interface ImportedProject {
  /** Trees of settings by environment; the empty name is the base of all. */
  readonly layers: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** What is known of single fields besides their values, by dotted path. */
  readonly facts: ReadonlyMap<string, FieldFacts>;
  /** Whether the values stay in `.env` files, where they are. */
  readonly isEnvFiles: boolean;
  /** What is not carried over, or is different here. */
  readonly notes: readonly ImportNote[];
}

/** What a schema says of a field. */
export interface FieldFacts {
  readonly path: ConfigPath;
  /** Names of variables that set it. */
  readonly envNames?: readonly string[];
  /** A decorator for each, without `@`; the type of TypeScript behind them. */
  readonly decorators?: readonly string[];
  readonly type?: string;
  readonly description?: string;
  readonly isOptional?: boolean;
}

/** One thing that somebody has to look at. */
export interface ImportNote {
  /** A file, with the path or the line in it. */
  readonly place: string;
  readonly message: string;
}

/** What is said of a secret: one that the library declares, and one by its name or its credentials. */
export const SECRET_NOTES = {
  declared: 'is sensitive: declare it with @Secure(), whose type is SecureValue',
  looks: 'looks like a secret: declare it with @Secure(), whose type is SecureValue',
} as const;

/** Whether a name says that its value is a secret, or the value is a URL with credentials. */
export function looksSecretValue(name: string, text: string): boolean {
  return looksSecret(name) || maskCredentials(text) !== text;
}

/** The names of environments that need no declaration. */
export const KNOWN_ENVIRONMENTS: readonly string[] = ['development', 'test', 'production'];

/** A tree with a value at a path; maps on the way are made. */
export function withValue(
  tree: Readonly<Record<string, unknown>>,
  [key = '', ...rest]: ConfigPath,
  value: unknown,
): Record<string, unknown> {
  const below = Object.hasOwn(tree, key) ? tree[key] : undefined;
  const made = rest.length === 0 ? value : withValue(isConfigMap(below) ? below : {}, rest, value);
  return { ...tree, [key]: made };
}

/** Strings whose `${` is text there, and would be a reference here. */
export function escaped(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${');
  if (Array.isArray(value)) return value.map(escaped);
  if (!isConfigMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, escaped(below)]));
}

/** One setting that is there under two keys. */
export interface Collision {
  readonly first: FoundKey;
  readonly second: FoundKey;
}

interface FoundKey {
  readonly path: ConfigPath;
  /** The environment; empty for the base of all. */
  readonly layer: string;
}

/** Keys that are the same setting here, such as `a-b` and `aB`: each with the first that is spelled otherwise. */
export function collisionsIn({ layers }: Pick<ImportedProject, 'layers'>): readonly Collision[] {
  const known = new Map<string, FoundKey>();
  const found = new Map<string, Collision>();
  const look = (tree: Readonly<Record<string, unknown>>, above: ConfigPath, layer: string): void => {
    for (const [key, value] of Object.entries(tree)) {
      const second = { path: [...above, key], layer };
      const folded = formatPath(second.path.map(foldKey));
      const first = known.get(folded) ?? second;
      known.set(folded, first);
      // Of what is below a map, the map alone is told.
      if (first.path.at(-1) !== key) {
        if (!found.has(formatPath(second.path))) found.set(formatPath(second.path), { first, second });
      } else if (isConfigMap(value)) look(value, second.path, layer);
    }
  };
  for (const [layer, tree] of layers) look(tree, [], layer);
  return [...found.values()];
}

/** A map without the keys that are another spelling of one before. */
export function withoutSpellings(tree: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const first = new Map<string, string>();
  for (const key of Object.keys(tree)) if (!first.has(foldKey(key))) first.set(foldKey(key), key);
  return Object.fromEntries([...first.values()].map((key) => [key, tree[key]]));
}

/** Two trees, the second over the first: maps key by key, everything else as a whole. */
export function merged(below: unknown, above: unknown): unknown {
  if (!isConfigMap(below) || !isConfigMap(above)) return above;
  const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
  return Object.fromEntries(
    [...keys].map((key) => [key, Object.hasOwn(above, key) ? merged(below[key], above[key]) : below[key]]),
  );
}
