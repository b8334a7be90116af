import { types } from 'node:util';
import { isConfigMap, isForbiddenKey } from '../../core/index.js';
import { coerceDate } from './coerce-date.js';
import { coerceRegExp } from './coerce-regexp.js';
import { coerceUrl } from './coerce-url.js';
import { CoercionFailure, forbiddenKey, refusal } from './coercion-failure.js';

const DEEPEST = 100;

/**
 * A deeply frozen copy of maps and lists; a structure that is frozen already is returned as it is, and what occurs twice (a
 * YAML alias) stays one object, so that the work is bounded by the input. Dates, URLs and expressions become immutable;
 * other instances are returned unchanged. Cycles, more than 100 levels, reserved keys and numbers that are not finite are
 * failures; integers beyond the safe ones become strings with all their digits.
 */
export function freezeStructure(raw: unknown): unknown {
  return freezeNode(raw, { done: new Map(), open: new Set() });
}

interface Walk {
  readonly done: Map<object, unknown>;
  readonly open: Set<object>;
}

function freezeNode(raw: unknown, walk: Walk): unknown {
  if (typeof raw === 'number' && !Number.isFinite(raw)) return notFinite(raw);
  // Digits that no number holds stay as they are written: JSON has no bigint, and an open field is often printed.
  if (typeof raw === 'bigint') return String(raw);
  if (typeof raw !== 'object' || raw === null) return raw;
  const isList = Array.isArray(raw);
  if (!isList && !isConfigMap(raw)) return freezeLeaf(raw);
  if (walk.done.has(raw)) return walk.done.get(raw);
  if (walk.open.has(raw)) return unbounded('a structure that does not contain itself', raw);
  if (walk.open.size === DEEPEST) return unbounded(`at most ${String(DEEPEST)} levels deep`, raw);
  walk.open.add(raw);
  const frozen = isList ? freezeList(raw, walk) : freezeMap(raw, walk);
  walk.open.delete(raw);
  walk.done.set(raw, frozen);
  return frozen;
}

// The first failure ends the walk.
function freezeList(raw: readonly unknown[], walk: Walk): unknown {
  const items: unknown[] = [];
  let same = Object.isFrozen(raw);
  for (const [index, item] of raw.entries()) {
    const frozen = freezeNode(item, walk);
    if (frozen instanceof CoercionFailure) return frozen.under(String(index));
    same &&= Object.is(frozen, item);
    items.push(frozen);
  }
  return same ? raw : Object.freeze(items);
}

function freezeMap(raw: Readonly<Record<string, unknown>>, walk: Walk): unknown {
  const map: Record<string, unknown> = {};
  let same = Object.isFrozen(raw);
  for (const key of Object.keys(raw)) {
    if (isForbiddenKey(key)) return forbiddenKey(key);
    const frozen = freezeNode(raw[key], walk);
    if (frozen instanceof CoercionFailure) return frozen.under(key);
    same &&= Object.is(frozen, raw[key]);
    map[key] = frozen;
  }
  return same ? raw : Object.freeze(map);
}

function freezeLeaf(raw: object): unknown {
  if (types.isDate(raw)) return coerceDate(raw);
  if (types.isRegExp(raw)) return coerceRegExp(raw);
  return raw instanceof URL ? coerceUrl(raw) : raw;
}

const notFinite = refusal('number-out-of-range', 'a finite number');

function unbounded(expected: string, raw: object): CoercionFailure {
  return new CoercionFailure({ code: 'too-deep', expected, hint: 'make the structure flatter', raw });
}
