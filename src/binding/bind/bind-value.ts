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
  type IssueCode,
} from '../../core/index.js';
import { below, pathOf, type Site } from './bind-context.js';
import {
  type CoercionFailure,
  describeFailure,
  isCoercionFailure,
  listItems,
  mapEntries,
  NOT_SET,
  ImmutableMap,
} from '../coerce/index.js';
import { ByteSize, Duration, type SectionClass } from '../../sections/index.js';
import { bindSecret } from './bind-secret.js';
import { coercerOf } from './coercer-of.js';
import { copyPlain } from './copy-default.js';
import { expectedValue } from './expected-value.js';
import { holdsSealed, lessStrict } from './less-strict.js';
import type { FieldType, ListType, MapType, SectionType } from '../fields/index.js';
import { holdsSecret, planOf } from '../plan/index.js';

/** A raw value gave no value; an issue has the reason. */
export const NOTHING: unique symbol = Symbol('nothing');

/** Items of one list or map that may be wrong; a wrong file of a million items needs no million findings. */
const MOST_WRONG_ITEMS = 100;

/**
 * The typed value of a raw one; `undefined` for "not set", {@link NOTHING} when it cannot be used.
 * `current` is the default's value, whose nested settings are filled rather than replaced.
 */
export function bindValue(type: FieldType, raw: unknown, site: Site, current?: unknown): unknown {
  if (type.kind === 'secret') {
    if (holdsSealed(raw)) return refuseSealed(site);
    const secret = bindSecret(type, raw, site.place, site.context.guarded.gate);
    if (isCoercionFailure(secret)) return refuse(secret, site);
    return secret === NOT_SET ? undefined : asStrictly(secret, type.rule, site);
  }
  if (isSecureValue(raw)) return refuseSecret(site);
  switch (type.kind) {
    case 'section':
      return bindNested(type, raw, site, current);
    case 'list':
      return bindList(type, raw, site);
    case 'map':
      return bindMap(type, raw, site);
    default: {
      const value = coercerOf(type)(raw);
      if (isCoercionFailure(value)) return refuse(value, site);
      return value === NOT_SET ? undefined : withinRange(type, value, site);
    }
  }
}

/** The initialiser's value, made ready: nested settings are bound to nothing but their own defaults, so that they are checked. */
export function bindDefault(type: FieldType, value: object, site: Site): unknown {
  if (type.kind === 'section') return bindNested(type, {}, site, value);
  // A list or map that an initialiser may share with other code is copied before it is frozen.
  if (type.kind === 'anything') return copyPlain(value);
  if (type.kind === 'secret') return bindValue(type, value, site);
  if (type.kind !== 'list' && type.kind !== 'map') return withinRange(type, value, site);
  if (value instanceof Map) {
    // Of a map the default is a map.
    const map = bindDefault(type, Object.fromEntries(value as Map<string, unknown>), site);
    return new ImmutableMap(Object.entries(map as object));
  }
  const copy = copyPlain(value);
  const { item } = type;
  if (item.kind === 'secret') return bindValue(type, copy, site);
  if (item.kind !== 'section') return copy;
  for (const [key, held] of Object.entries(copy as object) as [string, unknown][]) {
    if (held instanceof item.target) bindNested(item, {}, below(site, key), held);
  }
  return copy;
}

function bindNested(type: SectionType, raw: unknown, site: Site, current?: unknown): unknown {
  const { place, context, selection } = site;
  const map = typeof raw === 'string' ? mapEntries(raw) : raw;
  if (map === NOT_SET) return undefined;
  if (isCoercionFailure(map)) return refuse(map, site, holdsSecret(type, selection));
  if (!isConfigMap(map)) {
    if (map instanceof type.target) return context.bindSection(planOf(type.target, selection), {}, place, context, map);
    return find(site, 'not-a-section', `must be ${expectedValue(type)}, got ${shapeOf(raw)}`);
  }
  const target = chooseClass(type, map, site);
  if (target === NOTHING) return NOTHING;
  return context.bindSection(planOf(target, selection), map, place, context, fillable(current, target));
}

/** The default's own instance is filled, so that what its initialiser changed stays. */
export function fillable(current: unknown, target: SectionClass): object | undefined {
  // Mostly there is none; to ask each of a thousand classes for it takes its time.
  return current !== undefined && current instanceof target && !Object.isFrozen(current) ? current : undefined;
}

function chooseClass(
  { target, discriminator }: SectionType,
  map: ConfigMap,
  site: Site,
): SectionClass | typeof NOTHING {
  if (discriminator === undefined) return target;
  const named = map[discriminator.property];
  const chosen = discriminator.subTypes.find(({ name }) => name === named);
  if (chosen === undefined && discriminator.subTypes.length > 0) {
    const legal = discriminator.subTypes.map(({ name }) => name).join(', ');
    const at = below(site, discriminator.property);
    if (named === undefined) return find(at, 'missing', `is not set; it must be one of ${legal}`);
    return find(at, 'not-in-enum', `must be one of ${legal}`);
  }
  return chosen?.value ?? target;
}

function bindList({ item, orMap }: ListType, raw: unknown, site: Site): unknown {
  const written = orMap === true ? listOrMap(raw) : raw;
  if (orMap === true && isConfigMap(written)) return bindMap({ kind: 'map', item }, written, site);
  const items = listItems(written);
  if (items === NOT_SET) return undefined;
  if (isCoercionFailure(items)) return refuse(items, site, holdsSecret(item, site.selection));
  let wrong = 0;
  const values: unknown[] = [];
  for (const [index, value] of items.entries()) {
    const bound = bindItem(item, value, below(site, String(index)));
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

function bindMap({ item, asMap }: MapType, raw: unknown, site: Site): unknown {
  const entries = mapEntries(raw);
  if (entries === NOT_SET) return undefined;
  if (isCoercionFailure(entries)) return refuse(entries, site, holdsSecret(item, site.selection));
  let wrong = 0;
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(entries)) {
    const bound = bindItem(item, value, below(site, key));
    if (bound === NOTHING && ++wrong === MOST_WRONG_ITEMS) break;
    values[key] = bound;
  }
  if (wrong > 0) return NOTHING;
  return asMap === true ? new ImmutableMap(Object.entries(values)) : values;
}

function bindItem(item: FieldType, value: unknown, site: Site): unknown {
  if (value === UNRESOLVED) return NOTHING;
  const bound = value === null ? undefined : bindValue(item, value, site);
  if (bound !== undefined) return bound;
  return find(site, 'missing', `is empty; it must be ${expectedValue(item)}`);
}

/** The value, if it lies in the range that `@IsDuration` or `@IsByteSize` declares. */
function withinRange(type: FieldType, value: unknown, site: Site): unknown {
  if (type.kind !== 'duration' && type.kind !== 'byte-size') return value;
  const { minimum = -Infinity, maximum = Infinity } = type;
  const make = (size: number): Duration | ByteSize =>
    type.kind === 'duration' ? Duration.ofMilliseconds(size) : ByteSize.ofBytes(size);
  const amount = Number(value);
  if (amount < minimum) {
    return find(site, 'out-of-range', `must be at least ${String(make(minimum))}, got ${String(value)}`);
  }
  if (amount > maximum) {
    return find(site, 'out-of-range', `must be at most ${String(make(maximum))}, got ${String(value)}`);
  }
  return value;
}

/** @param hidden true when the raw value may hold secrets below the place */
function refuse(failure: CoercionFailure, site: Site, hidden = false): typeof NOTHING {
  const path = pathOf(site.place, ...failure.path);
  const { raw } = failure;
  const secret = hidden || site.context.isSecret(path) || (typeof raw === 'string' && holdsSecretKeys(raw));
  const message = describeFailure(failure, { secret });
  const hint = failure.hint === undefined ? {} : { hint: asSentence(failure.hint) };
  site.context.findings.push({ code: failure.code, path, message, ...hint });
  return NOTHING;
}

/** The secret, if its field is declared at least as strictly as those that it was built from. */
function asStrictly(secret: SecureValue<unknown>, rule: SecretRule, site: Site): unknown {
  const found = secretOrigins(secret).flatMap((origin) => lessStrict(rule, origin, pathOf(site.place)) ?? []);
  site.context.findings.push(...found);
  return found.length === 0 ? secret : NOTHING;
}

function refuseSealed(site: Site): typeof NOTHING {
  site.context.findings.push({ ...SEALED_IN_TEXT, path: pathOf(site.place) });
  return NOTHING;
}

function refuseSecret(site: Site): typeof NOTHING {
  site.context.findings.push({
    code: 'secret-in-plain-field',
    path: pathOf(site.place),
    message: 'is a secret, or was built from one, but its field is not declared as one',
    hint: 'Put @Secure() on the field; its type is SecureValue then.',
  });
  return NOTHING;
}

function find(site: Site, code: IssueCode, message: string): typeof NOTHING {
  site.context.findings.push({ code, path: pathOf(site.place), message });
  return NOTHING;
}

function shapeOf(raw: unknown): string {
  if (raw === null) return 'null';
  return Array.isArray(raw) ? 'a list' : `a ${typeof raw}`;
}

function asSentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`;
}
