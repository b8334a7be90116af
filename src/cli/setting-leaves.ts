import { isAbsolute, join } from 'node:path';
import {
  ConfigError,
  formatOrigin,
  formatPath,
  isConfigMap,
  MASK,
  parsePath,
  property,
  type ConfigOrigin,
  type OriginKind,
} from '../core/index.js';
import { describeFully, type Generation } from '../runtime/index.js';
import { jsonText } from './output-text.js';

/** One single value, as JSON has it. */
export interface Leaf {
  /** Safe to show: a text, number, boolean or `null`, or an empty list or map. */
  readonly value: unknown;
  /** Where it comes from, as it is shown. */
  readonly from: string | undefined;
  /** True when secrets are masked in it. */
  readonly isMasked: boolean;
  /** The value behind the mask, where it is known. */
  readonly raw?: { readonly value: unknown };
}

export type Leaves = ReadonlyMap<string, Leaf>;

/**
 * What a generation holds.
 *
 * @param folder what the relative paths of its files start from, where that is not the working directory
 */
export function leavesOfGeneration(generation: Generation, folder?: string): Leaves {
  const leaves = new Map<string, Leaf>();
  for (const { path, value, origin } of describeFully(generation)) {
    const keys = parsePath(path);
    collect(leaves, keys, inJson(value), origin && formatOrigin(placedIn(folder, origin)), rawValue(generation, keys));
  }
  return leaves;
}

/** An origin with its file as whoever stands outside of the folder writes it. */
function placedIn(folder: string | undefined, origin: ConfigOrigin): ConfigOrigin {
  const { kind, source } = origin;
  if (folder === undefined || !FILES.has(kind) || isAbsolute(source)) return origin;
  return { ...origin, source: join(folder, source) };
}

const FILES: ReadonlySet<OriginKind> = new Set<OriginKind>(['file', 'env-file', 'directory']);

/**
 * What JSON says: a list of settings as `describe()` makes them, or a tree as `print --format json` writes it. Nothing
 * when it is neither.
 */
export function leavesOfJson(data: unknown): Leaves | undefined {
  const leaves = new Map<string, Leaf>();
  if (isConfigMap(data)) collect(leaves, [], data, undefined, undefined);
  else if (!Array.isArray(data) || !data.every((item) => collectDescribed(leaves, item))) return undefined;
  return leaves;
}

function collectDescribed(leaves: Map<string, Leaf>, item: unknown): boolean {
  if (!isConfigMap(item)) return false;
  const { path, value, origin, from } = item;
  const keys = typeof path === 'string' ? keysOf(path) : undefined;
  if (keys === undefined) return false;
  collect(leaves, keys, value, typeof from === 'string' ? from : placeOf(origin), undefined);
  return true;
}

function keysOf(path: string): readonly string[] | undefined {
  try {
    return parsePath(path);
  } catch (error) {
    if (ConfigError.is(error)) return undefined;
    throw error;
  }
}

/** An origin that came as JSON. */
function placeOf(origin: unknown): string | undefined {
  if (!isConfigMap(origin)) return undefined;
  const { key, source, line, column } = origin;
  if (typeof key !== 'string' || typeof source !== 'string') return undefined;
  const place = [source, line, column].filter((part) => typeof part === 'string' || typeof part === 'number');
  return `${key} (${place.join(':')})`;
}

function collect(
  leaves: Map<string, Leaf>,
  keys: readonly string[],
  value: unknown,
  from: string | undefined,
  raw: Leaf['raw'],
): void {
  if (value === undefined) return;
  const children = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  for (const [key, child] of children) {
    collect(leaves, [...keys, key], child, from, raw && { value: property(raw.value, key) });
  }
  if (children.length > 0) return;
  const isMasked = typeof value === 'string' && value.includes(MASK);
  leaves.set(formatPath(keys), { value, from, isMasked, ...(raw !== undefined && { raw }) });
}

/** As both sides of a comparison have it, whichever way they came. */
function inJson(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(jsonText(value));
}

/** What is at a path in the sections themselves. */
export function rawValue({ entries, instances }: Generation, keys: readonly string[]): Leaf['raw'] {
  // The longest path wins: a section may sit below another one.
  const [section] = entries
    .map(({ path }, index) => ({ path, index }))
    .filter(({ path }) => path.every((key, depth) => keys[depth] === key))
    .sort((a, b) => b.path.length - a.path.length);
  if (section === undefined) return undefined;
  const value = keys.slice(section.path.length).reduce<unknown>(property, instances[section.index]);
  return value === undefined ? undefined : { value };
}
