import { isConfigMap, isSecureValue } from '../../core/index.js';
import type { SectionClass } from '../../sections/index.js';

/**
 * True when the compiler's metadata or the initial value shows that a field holds a secret, of this or another copy of the
 * package. Without `@Secure` its value would be bound, and printed, as plain text.
 */
export function tellsSecret(target: SectionClass, name: string, initial: unknown): boolean {
  const prototype = target.prototype as object;
  // Mostly a field is the class's own, and the way through its ancestors looks that up twice.
  const type: unknown =
    Reflect.getOwnMetadata('design:type', prototype, name) ?? Reflect.getMetadata('design:type', prototype, name);
  if (typeof type === 'function' && isSecureValue(type.prototype)) return true;
  return initial !== undefined && holdsSecureValue(initial);
}

function holdsSecureValue(initial: unknown): boolean {
  if (isSecureValue(initial)) return true;
  if (Array.isArray(initial)) return initial.some(isSecureValue);
  if (initial instanceof Map) return [...initial.values()].some(isSecureValue);
  return isConfigMap(initial) && Object.values(initial).some(isSecureValue);
}
