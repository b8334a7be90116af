import {
  type ConfigMap,
  holdsSecretKeys,
  isConfigMap,
  isSecureValue,
  SEALED_IN_TEXT,
  secretOrigins,
  type SecretRule,
  type SecureValue,
  UNRESOLVED,
} from '../../core/index.js';
import type { BindContext, Place } from './bind-context.js';
import { pathOf } from './bind-context.js';
import {
  type CoercionFailure,
  describeFailure,
  isCoercionFailure,
  listItems,
  mapEntries,
  NOT_SET,
  ImmutableMap,
} from '../coerce/index.js';
import { ByteSize, Duration } from '../../sections/index.js';
import { bindSecret } from './bind-secret.js';
import { coercerOf } from './coercer-of.js';
import { copyPlain } from './deep-freeze.js';
import { expectedValue } from './expected-value.js';
import { holdsSealed, lessStrict } from './less-strict.js';
import type { FieldType, ListType, MapType, SectionType, ValidationGroups } from '../fields/index.js';
import { holdsSecret, planOf } from '../plan/index.js';

/** Says that a raw value gave none; an issue tells why. */
export const NOTHING: unique symbol = Symbol('nothing');

/** Items of one list or map that may be wrong; a wrong file of a million items needs no million findings. */
const MOST_WRONG_ITEMS = 100;

/**
 * The typed value of a raw one; `undefined` when the raw one says "not set", {@link NOTHING} when it cannot be used.
 * `current` is the default's value, whose nested settings are filled rather than replaced.
 */
export function bindValue(
  type: FieldType,
  raw: unknown,
  place: Place,
  context: BindContext,
  selection: ValidationGroups,
  current: unknown,
): unknown {
  if (type.kind === 'secret') {
    if (holdsSealed(raw)) return refuseSealed(place, context);
    const secret = bindSecret(type, raw, place, context.gate);
    if (isCoercionFailure(secret)) return refuse(secret, place, context);
    return secret === NOT_SET ? undefined : asStrictly(secret, type.rule, place, context);
  }
  if (isSecureValue(raw)) return refuseSecret(place, context);
  switch (type.kind) {
    case 'section':
      return bindNested(type, raw, place, context, selection, current);
    case 'list':
      return bindList(type, raw, place, context, selection);
    case 'map':
      return bindMap(type, raw, place, context, selection);
    default: {
      const value = coercerOf(type)(raw);
      if (isCoercionFailure(value)) return refuse(value, place, context);
      return value === NOT_SET ? undefined : withinRange(type, value, place, context);
    }
  }
}

/** The initialiser's value, made ready: nested settings are bound to nothing but their own defaults, so that they are checked. */
export function bindDefault(
  type: FieldType,
  value: object,
  place: Place,
  context: BindContext,
  selection: ValidationGroups,
): unknown {
  if (type.kind === 'section') return bindNested(type, {}, place, context, selection, value);
  // A list or map that an initialiser may share with other code is copied before it is frozen.
  if (type.kind === 'anything') return copyPlain(value);
  if (type.kind === 'secret') return bindValue(type, value, place, context, selection, undefined);
  if (type.kind !== 'list' && type.kind !== 'map') return withinRange(type, value, place, context);
  if (value instanceof Map) {
    // Of a map the default is a map.
    const map = bindDefault(type, Object.fromEntries(value as Map<string, unknown>), place, context, selection);
    return new ImmutableMap(Object.entries(map as object));
  }
  const copy = copyPlain(value);
  const { item } = type;
  if (item.kind === 'secret') return bindValue(type, copy, place, context, selection, undefined);
  if (item.kind !== 'section') return copy;
  for (const [key, held] of Object.entries(copy as object) as [string, unknown][]) {
    if (held instanceof item.target) bindNested(item, {}, { parent: place, key }, context, selection, held);
  }
  return copy;
}

function bindNested(
  type: SectionType,
  raw: unknown,
  place: Place,
  context: BindContext,
  selection: ValidationGroups,
  current: unknown,
): unknown {
  const map = typeof raw === 'string' ? mapEntries(raw) : raw;
  if (map === NOT_SET) return undefined;
  if (isCoercionFailure(map)) return refuse(map, place, context, holdsSecret(type, selection));
  if (!isConfigMap(map)) {
    if (map instanceof type.target) return context.bindSection(planOf(type.target, selection), {}, place, context, map);
    return find(place, context, 'not-a-section', `must be ${expectedValue(type)}, got ${shapeOf(raw)}`);
  }
  const chosen = chooseClass(type, map, place, context);
  if (chosen === NOTHING) return NOTHING;
  const { target, values } = chosen;
  // The default's own instance is filled, so that what its initialiser changed stays.
  const fillable = current instanceof target && !Object.isFrozen(current);
  return context.bindSection(planOf(target, selection), values, place, context, fillable ? current : undefined);
}

function chooseClass(
  type: SectionType,
  map: ConfigMap,
  place: Place,
  context: BindContext,
): { readonly target: SectionType['target']; readonly values: ConfigMap } | typeof NOTHING {
  const { target, discriminator } = type;
  if (discriminator === undefined) return { target, values: map };
  const named = map[discriminator.property];
  const chosen = discriminator.subTypes.find(({ name }) => name === named);
  if (chosen === undefined && discriminator.subTypes.length > 0) {
    const legal = discriminator.subTypes.map(({ name }) => name).join(', ');
    const below = { parent: place, key: discriminator.property };
    return find(below, context, 'not-in-enum', `must be one of ${legal}`);
  }
  return { target: chosen?.value ?? target, values: map };
}

function bindList(
  { item, orMap }: ListType,
  raw: unknown,
  place: Place,
  context: BindContext,
  selection: ValidationGroups,
): unknown {
  const written = orMap === true ? listOrMap(raw) : raw;
  if (orMap === true && isConfigMap(written)) return bindMap({ kind: 'map', item }, written, place, context, selection);
  const items = listItems(written);
  if (items === NOT_SET) return undefined;
  if (isCoercionFailure(items)) return refuse(items, place, context, holdsSecret(item, selection));
  let wrong = 0;
  const values: unknown[] = [];
  for (const [index, value] of items.entries()) {
    const bound = bindItem(item, value, { parent: place, key: String(index) }, context, selection);
    if (bound === NOTHING && ++wrong === MOST_WRONG_ITEMS) break;
    values.push(bound);
  }
  return wrong > 0 ? NOTHING : values;
}

/** Where either may be: a map is one, but for what variables number (`NAME__0`). */
function listOrMap(raw: unknown): unknown {
  const map = typeof raw === 'string' && raw.trimStart().startsWith('{') ? mapEntries(raw) : raw;
  if (!isConfigMap(map)) return raw;
  const keys = Object.keys(map);
  return keys.length > 0 && keys.every((key, index) => key === String(index)) ? Object.values(map) : map;
}

function bindMap(
  { item, asMap }: MapType,
  raw: unknown,
  place: Place,
  context: BindContext,
  selection: ValidationGroups,
): unknown {
  const entries = mapEntries(raw);
  if (entries === NOT_SET) return undefined;
  if (isCoercionFailure(entries)) return refuse(entries, place, context, holdsSecret(item, selection));
  let wrong = 0;
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(entries)) {
    const bound = bindItem(item, value, { parent: place, key }, context, selection);
    if (bound === NOTHING && ++wrong === MOST_WRONG_ITEMS) break;
    values[key] = bound;
  }
  if (wrong > 0) return NOTHING;
  return asMap === true ? new ImmutableMap(Object.entries(values)) : values;
}

function bindItem(
  item: FieldType,
  value: unknown,
  place: Place,
  context: BindContext,
  selection: ValidationGroups,
): unknown {
  if (value === UNRESOLVED) return NOTHING;
  const bound = value === null ? undefined : bindValue(item, value, place, context, selection, undefined);
  if (bound !== undefined) return bound;
  return find(place, context, 'missing', `is empty; it must be ${expectedValue(item)}`);
}

/** The value, if it lies in the range that `@IsDuration` or `@IsByteSize` declares. */
function withinRange(type: FieldType, value: unknown, place: Place, context: BindContext): unknown {
  if (type.kind !== 'duration' && type.kind !== 'byte-size') return value;
  const { minimum = -Infinity, maximum = Infinity } = type;
  const make = (size: number): Duration | ByteSize =>
    type.kind === 'duration' ? Duration.ofMilliseconds(size) : ByteSize.ofBytes(size);
  const amount = Number(value);
  if (amount < minimum) {
    return find(place, context, 'out-of-range', `must be at least ${String(make(minimum))}, got ${String(value)}`);
  }
  if (amount > maximum) {
    return find(place, context, 'out-of-range', `must be at most ${String(make(maximum))}, got ${String(value)}`);
  }
  return value;
}

/** @param hidden true when the raw value may hold secrets that stand below the place */
function refuse(failure: CoercionFailure, place: Place, context: BindContext, hidden = false): typeof NOTHING {
  const path = pathOf(place, ...failure.path);
  const { raw } = failure;
  const secret = hidden || context.isSecret(path) || (typeof raw === 'string' && holdsSecretKeys(raw));
  const message = describeFailure(failure, { secret });
  const hint = failure.hint === undefined ? {} : { hint: asSentence(failure.hint) };
  context.findings.push({ code: failure.code, path, message, ...hint });
  return NOTHING;
}

/** The secret, if its field is declared at least as strictly as those that it was built from. */
function asStrictly(secret: SecureValue<unknown>, rule: SecretRule, place: Place, context: BindContext): unknown {
  const found = secretOrigins(secret).flatMap((origin) => lessStrict(rule, origin, pathOf(place)) ?? []);
  context.findings.push(...found);
  return found.length === 0 ? secret : NOTHING;
}

function refuseSealed(place: Place, context: BindContext): typeof NOTHING {
  context.findings.push({ ...SEALED_IN_TEXT, path: pathOf(place) });
  return NOTHING;
}

function refuseSecret(place: Place, context: BindContext): typeof NOTHING {
  context.findings.push({
    code: 'secret-in-plain-field',
    path: pathOf(place),
    message: 'is a secret, or was built from one, but its field is not declared as one',
    hint: 'Put @Secure() on the field; its type is SecureValue then.',
  });
  return NOTHING;
}

function find(place: Place, context: BindContext, code: string, message: string): typeof NOTHING {
  context.findings.push({ code, path: pathOf(place), message });
  return NOTHING;
}

function shapeOf(raw: unknown): string {
  if (raw === null) return 'null';
  return Array.isArray(raw) ? 'a list' : `a ${typeof raw}`;
}

function asSentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`;
}
