import { sameSettings } from '../../core/index.js';

/** True for settings that are equal but for the fields at some paths; `*` in one is every key. */
export function sameBut(one: unknown, other: unknown, paths: readonly (readonly string[])[]): boolean {
  if (one === other || paths.some(({ length }) => length === 0)) return true;
  if (paths.length === 0 || !isObject(one) || !isObject(other)) return sameSettings(one, other);
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) => {
    const below = paths.filter(([first]) => first === key || first === '*').map((path) => path.slice(1));
    return sameBut(Reflect.get(one, key), Reflect.get(other, key), below);
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
