import { isConfigMap, isSecureValue, looksSecret, maskCredentials } from '../../core/index.js';
import { ByteSize, Duration } from '../../sections/index.js';
import type { FieldFacts } from './field-facts.js';

/**
 * The default of a field as a file would write it; `undefined` where there is none, where it cannot be written, and where it
 * is a secret or looks like one.
 */
export function plainDefault({ field, initial }: Pick<FieldFacts, 'field' | 'initial'>): unknown {
  return field.secret || field.type.kind === 'section' ? undefined : plain(initial, 0);
}

/** A value as JSON writes it; `undefined` for what has no such form. */
export function plain(value: unknown, depth = 0): unknown {
  switch (typeof value) {
    case 'string':
      return maskCredentials(value) === value ? value : undefined;
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : undefined;
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    case 'object':
      return value === null || depth > DEEPEST ? undefined : plainObject(value, depth + 1);
    default:
      return undefined;
  }
}

const DEEPEST = 100;

function plainObject(value: object, depth: number): unknown {
  if (Duration.is(value) || ByteSize.is(value) || value instanceof RegExp) return String(value);
  if (value instanceof URL) return plain(value.href);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (isSecureValue(value)) return undefined;
  if (Array.isArray(value)) return all(value, depth);
  const entries: readonly (readonly [string, unknown])[] =
    value instanceof Map ? [...(value as Map<string, unknown>)] : Object.entries(value);
  if (!isConfigMap(value) && !(value instanceof Map) && entries.length === 0) return undefined;
  const values = all(
    entries.map(([key, one]) => (looksSecret(key) ? undefined : one)),
    depth,
  );
  return values && Object.fromEntries(entries.map(([key], index) => [key, values[index]]));
}

/** Nothing where one of them has no form: a list with one item less would be another default. */
function all(values: readonly unknown[], depth: number): readonly unknown[] | undefined {
  const written = values.map((value) => plain(value, depth));
  return written.includes(undefined) ? undefined : written;
}
