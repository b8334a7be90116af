import type { ConfigMap, ConfigSource } from '../core/index.js';
import { ConfigError, createLayer, isConfigMap } from '../core/index.js';
import { MAX_DEPTH } from './file-survey.js';

/** What {@link object} takes besides the values. */
export interface ObjectOptions {
  /** How errors and logs call the source; `object` when absent. */
  readonly name?: string;
  /** Whether `${…}` in texts are references; `true` when absent. */
  readonly references?: boolean;
}

/**
 * Settings from a plain object. Maps and lists are copied, so later changes to them change nothing; instances of classes
 * are values and are kept as they are; a key with `undefined` is not set. Subpath: `uno-config`.
 *
 * @throws TypeError when `values` is no plain object.
 * @throws ConfigError `too-deep` beyond 100 levels, or when a value contains itself.
 * @example
 * ```ts
 * const source = object({ database: { host: 'localhost' } }, { name: 'built-in' });
 * ```
 */
export function object(values: object, options: ObjectOptions = {}): ConfigSource {
  if (!isConfigMap(values)) throw new TypeError('object: values must be a plain object.');
  const { name = 'object', references } = options;
  const tree = copyMap(values, 1);
  const layer = createLayer({ name, kind: 'object', tree, ...(references !== undefined && { references }) });
  return Object.freeze({ name, load: () => layer } satisfies ConfigSource);
}

function copyMap(map: ConfigMap, depth: number): ConfigMap {
  const entries = Object.entries(map).filter(([, value]) => value !== undefined);
  // Unlike an assignment, this makes __proto__ an own key, which the binder then refuses with its place.
  return Object.fromEntries(entries.map(([key, value]) => [key, copy(value, depth)]));
}

function copy(value: unknown, depth: number): unknown {
  const isList = Array.isArray(value);
  if (!isList && !isConfigMap(value)) return value;
  if (depth >= MAX_DEPTH) throw tooDeep();
  return isList ? value.map((item) => copy(item, depth + 1)) : copyMap(value, depth + 1);
}

function tooDeep(): ConfigError {
  return new ConfigError({
    code: 'too-deep',
    category: 'source',
    message: `The values are nested more than ${String(MAX_DEPTH)} levels deep, or contain themselves.`,
    recovery: 'Give object(…) plain data without cycles.',
  });
}
