import { isConfigMap } from '../config-value.js';
import { holdOutsideHeap, ownBytes } from './secret-content.js';
import {
  createSecret,
  distinctPlaces,
  isSecureValue,
  jsonWithSecrets,
  secretContent,
  secretPlaces,
} from './secure-value.js';
import type { SecureValue } from './secure-value.js';
import type { SecretPlace } from './use-secret.js';

/** A hidden value that was built from secrets: a string, plain data, or a secret, which then comes from these as well. */
export function derivedSecret(value: unknown, from: readonly SecretPlace[]): SecureValue<unknown> {
  if (isSecureValue(value)) {
    // Sealed values share what they hold, so that new keys reach all of them.
    return createSecret(secretContent(value), 'text', undefined, distinctPlaces([...from, ...secretPlaces(value)]));
  }
  const origins = distinctPlaces([...from, ...placesWithin(value)]);
  if (value instanceof Uint8Array)
    return createSecret(holdOutsideHeap(Buffer.concat([value])), 'bytes', undefined, origins);
  return createSecret(holdOutsideHeap(ownBytes(plainText(value))), 'text', undefined, origins);
}

export function placesWithin(value: unknown): readonly SecretPlace[] {
  if (isSecureValue(value)) return secretPlaces(value);
  if (Array.isArray(value)) return value.flatMap(placesWithin);
  return isConfigMap(value) ? Object.values(value).flatMap(placesWithin) : [];
}

/** The string that a field parses again. Value objects such as a `Duration` or a `URL` have one of their own. */
function plainText(value: unknown): string {
  return Array.isArray(value) || isConfigMap(value) ? jsonWithSecrets(value) : String(value);
}
