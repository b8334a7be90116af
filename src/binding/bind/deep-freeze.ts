import { isConfigMap } from '../../core/index.js';

/** Freezes plain maps and lists all the way down, in place; instances are left to who made them. */
export function deepFreeze(value: unknown): void {
  // Single values count as frozen.
  if (Object.isFrozen(value)) return;
  if (Array.isArray(value)) {
    Object.freeze(value);
    for (const item of value) deepFreeze(item);
  } else if (isConfigMap(value)) {
    Object.freeze(value);
    for (const key of Object.keys(value)) deepFreeze(value[key]);
  }
}

/** Copies plain maps and lists all the way down; everything else is shared. */
export function copyPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyPlain);
  if (!isConfigMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, copyPlain(child)]));
}
