import { isConfigMap } from '../../core/index.js';
import type { SectionClass } from '../../sections/index.js';
import type { FieldType, ValidationGroups } from '../fields/index.js';
import { planOf } from '../plan/index.js';

/**
 * A deep copy of a default's value: filling and freezing it must not change the original for its other holders.
 */
export function copyDefault(type: FieldType, value: unknown, selection: ValidationGroups): unknown {
  if (type.kind === 'section' && value instanceof type.target) return copySection(value, selection);
  if (type.kind === 'list' && Array.isArray(value)) return value.map((item) => copyDefault(type.item, item, selection));
  if (type.kind !== 'map' || !isConfigMap(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, copyDefault(type.item, item, selection)] as const);
  return Object.fromEntries(entries);
}

function copySection(value: object, selection: ValidationGroups): object {
  // An instance of a settings class was made by that class, or one derived from it, without arguments.
  const target = value.constructor as SectionClass;
  const copy = new target();
  for (const { name, type } of planOf(target, selection).fields) {
    Reflect.set(copy, name, copyDefault(type, Reflect.get(value, name), selection));
  }
  return copy;
}

/** Copies plain maps and lists all the way down; everything else is shared. */
export function copyPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyPlain);
  if (!isConfigMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, copyPlain(child)]));
}
