import {
  type ConfigSource,
  copyTree,
  createLayer,
  isConfigMap,
  mustBe,
  option,
  type OptionKinds,
  readOptions,
  sortOf,
} from '../../core/index.js';

/** What {@link object} takes besides the values. */
export interface ObjectOptions {
  /** How errors and logs call the source; `object` when absent. */
  readonly name?: string;
  /** Whether `${…}` in strings are references; `true` when absent. */
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
  if (!isConfigMap(values)) throw mustBe('object: values', 'a plain object', sortOf(values));
  const { name = 'object', references } = readOptions('object', options, OPTIONS);
  const tree = copyTree(values, options.name ?? 'object(…)');
  const layer = createLayer({ name, kind: 'object', tree, ...(references !== undefined && { references }) });
  return Object.freeze({ name, load: () => layer } satisfies ConfigSource);
}

const OPTIONS = { name: option.name, references: option.flag } satisfies OptionKinds<ObjectOptions>;
