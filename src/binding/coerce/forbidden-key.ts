import { CoercionFailure } from './coercion-failure.js';

/** The failure of a key that could reach a prototype. The value is left out: it is an attack or a slip, not a setting. */
export function forbiddenKey(key: string): CoercionFailure {
  return new CoercionFailure({
    code: 'forbidden-key',
    expected: 'a map without the reserved keys __proto__, constructor and prototype',
    hint: 'rename the key',
    raw: key,
    path: [key],
  });
}
