import type { Coercer } from './coercer.js';
import { CoercionFailure } from './coercion-failure.js';
import { coerceItem, joinFailures, MOST_FAILURES } from './coerce-item.js';
import { listItems } from './list-items.js';
import { NOT_SET } from './not-set.js';

/**
 * The coercer of a list, in every form that `listItems` reads. All failing items are reported, up to 100. The result is
 * frozen; a frozen list whose items all pass as they are is returned as it is.
 *
 * @example
 * ```ts
 * const ports = listCoercer(coerceInteger);
 * ports('80, 443'); // [80, 443]
 * ```
 */
export function listCoercer<T>(item: Coercer<T>): Coercer<readonly T[]> {
  return (raw) => {
    const items = listItems(raw);
    return items === NOT_SET || items instanceof CoercionFailure ? items : coerceItems(items, item);
  };
}

function coerceItems<T>(raw: readonly unknown[], item: Coercer<T>): readonly T[] | CoercionFailure {
  const items: T[] = [];
  const failures: CoercionFailure[] = [];
  let same = Object.isFrozen(raw);
  for (let index = 0; index < raw.length && failures.length < MOST_FAILURES; index += 1) {
    const coerced = coerceItem(raw[index], item, String(index));
    if (coerced instanceof CoercionFailure) failures.push(coerced);
    else items.push(coerced);
    same &&= Object.is(coerced, raw[index]);
  }
  // When every item passed as it is, the items of `raw` are of the item's type.
  return joinFailures(failures) ?? (same ? (raw as readonly T[]) : Object.freeze(items));
}
