import { isConfigMap, sameSettings } from '../../core/index.js';
import { type FieldType, type SectionPlan, classOf, planOf } from '../../binding/index.js';

/**
 * Whether two instances of a settings class differ in a setting: one that is not there is equal to one without a value, and
 * what is the same object is not looked into. Looks up no origins, which may cost a scan of a file.
 */
export function instanceDiffers(plan: SectionPlan, before: unknown, after: unknown): boolean {
  if (before === after) return false;
  return plan.names.some((name, column) => {
    const [was, is] = [heldIn(before, name), heldIn(after, name)];
    if (Object.is(was, is)) return false;
    // The common case, for which the plans of all fields need not be made.
    return (isSingle(was) && isSingle(is)) || differsAs(plan.field(column).type, plan, was, is);
  });
}

function differsAs(type: FieldType, within: SectionPlan, was: unknown, is: unknown): boolean {
  if (type.kind === 'section' && was !== null && is !== null) {
    const plan = planOf(classOf(type, is ?? was), within.selection);
    return plan !== planOf(classOf(type, was ?? is), within.selection) || instanceDiffers(plan, was, is);
  }
  if (type.kind === 'list' && Array.isArray(was) && Array.isArray(is)) {
    const [old, now]: readonly (readonly unknown[])[] = [was, is];
    return (
      old?.length !== now?.length || old?.some((item, at) => differsAs(type.item, within, item, now?.[at])) === true
    );
  }
  const [old, now] = [asMap(was), asMap(is)];
  if (type.kind !== 'map' || !isConfigMap(old) || !isConfigMap(now)) return !sameSettings(was, is);
  const keys = Object.keys(old);
  if (keys.length !== Object.keys(now).length) return true;
  return keys.some((key) => !Object.hasOwn(now, key) || differsAs(type.item, within, old[key], now[key]));
}

export function heldIn(instance: unknown, name: string): unknown {
  return typeof instance === 'object' && instance !== null ? Reflect.get(instance, name) : undefined;
}

function asMap(value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}

export function isSingle(value: unknown): boolean {
  return typeof value !== 'object' && typeof value !== 'function';
}
