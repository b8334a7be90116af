import type { ConfigMap } from '../../core/index.js';
import type { Coercer } from './coercer.js';
import { CoercionFailure } from './coercion-failure.js';
import { coerceItem, joinFailures, MOST_FAILURES } from './coerce-item.js';
import { mapEntries } from './map-entries.js';
import { NOT_SET } from './not-set.js';

/**
 * The coercer of a map, in every form that `mapEntries` reads. All failing entries are reported, up to 100. The result is
 * a frozen plain object; a frozen map whose values all pass as they are is returned as it is.
 *
 * @example
 * ```ts
 * const limits = mapCoercer(coerceByteSize);
 * limits('{"uploads":"10MB"}'); // { uploads: ByteSize(10MB) }
 * ```
 */
export function mapCoercer<T>(item: Coercer<T>): Coercer<Readonly<Record<string, T>>> {
  return (raw) => {
    const entries = mapEntries(raw);
    return entries === NOT_SET || entries instanceof CoercionFailure ? entries : coerceValues(entries, item);
  };
}

function coerceValues<T>(raw: ConfigMap, item: Coercer<T>): Readonly<Record<string, T>> | CoercionFailure {
  const values: Record<string, T> = {};
  const failures: CoercionFailure[] = [];
  let same = Object.isFrozen(raw);
  for (const key of Object.keys(raw)) {
    const coerced = coerceItem(raw[key], item, key);
    if (coerced instanceof CoercionFailure) failures.push(coerced);
    else values[key] = coerced;
    same &&= Object.is(coerced, raw[key]);
    if (failures.length === MOST_FAILURES) break;
  }
  // When every value passed as it is, the values of `raw` are of the item's type.
  return joinFailures(failures) ?? (same ? (raw as Readonly<Record<string, T>>) : Object.freeze(values));
}
