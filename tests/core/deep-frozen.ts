import { isConfigMap } from '../../src/core/index.js';

/** The same value, frozen all the way down: whoever writes to it throws. */
export function deepFrozen<T>(value: T): T {
  if (Array.isArray(value)) value.forEach(deepFrozen);
  else if (isConfigMap(value)) Object.values(value).forEach(deepFrozen);
  return Object.freeze(value);
}
