import { ConfigError } from './config-error.js';
import type { ConfigMap } from './config-value.js';
import { isConfigMap } from './config-value.js';

export const MAX_DEPTH = 100;

/**
 * A copy of the maps and lists of an application's own object, which may change or be used elsewhere. Keys with
 * `undefined` are left out; instances of classes are values and are shared. What occurs twice is copied once, so that
 * the work is bounded by the input.
 *
 * @param whose who gave the values, for the message
 * @throws ConfigError `too-deep` beyond {@link MAX_DEPTH} levels, or when a value contains itself.
 */
export function copyTree(tree: ConfigMap, whose: string): ConfigMap {
  return new TreeCopy(whose).map(tree, 1);
}

class TreeCopy {
  readonly #whose: string;
  readonly #copies = new Map<object, unknown>();

  public constructor(whose: string) {
    this.#whose = whose;
  }

  public map(map: ConfigMap, depth: number): ConfigMap {
    // Unlike assignments, this makes __proto__ an own key, which the binder then refuses with its place. And it keeps the
    // map's hidden class, where a map made key by key would cost several times as much.
    const copy: Record<string, unknown> = { ...map };
    for (const key of Object.keys(copy)) {
      const value = copy[key];
      if (value === undefined) Reflect.deleteProperty(copy, key);
      else if (typeof value === 'object') copy[key] = this.#value(value, depth);
    }
    return copy;
  }

  #value(value: unknown, depth: number): unknown {
    const isList = Array.isArray(value);
    if (!isList && !isConfigMap(value)) return value;
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    // A value that contains itself is never finished, and ends here too.
    if (depth >= MAX_DEPTH) throw tooDeep(this.#whose);
    const copy = isList ? value.map((item) => this.#value(item, depth + 1)) : this.map(value, depth + 1);
    this.#copies.set(value, copy);
    return copy;
  }
}

function tooDeep(whose: string): ConfigError {
  return new ConfigError({
    code: 'too-deep',
    message: `The values of ${whose} are nested more than ${String(MAX_DEPTH)} levels deep, or contain themselves.`,
    recovery: 'Give plain data without cycles.',
  });
}
