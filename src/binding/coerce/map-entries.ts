import { isConfigMap, isForbiddenKey, type ConfigMap } from '../../core/index.js';
import { type Coerced, NOT_SET } from './coercer.js';
import { CoercionFailure, forbiddenKey } from './coercion-failure.js';
import { looksLikeJson, readJson } from './read-json.js';

/**
 * The raw values of a map by key: of a plain map itself, or of JSON text that starts with `{`. Empty text is "not set"; a
 * key that could reach a prototype is a failure.
 */
export function mapEntries(raw: unknown): Coerced<ConfigMap> {
  if (isConfigMap(raw)) return withoutForbiddenKeys(raw);
  if (typeof raw !== 'string') return notMap(raw);
  if (raw === '') return NOT_SET;
  const parsed = looksLikeJson(raw, '{') ? readJson(raw) : undefined;
  return isConfigMap(parsed) || parsed instanceof CoercionFailure ? parsed : malformed(raw);
}

function withoutForbiddenKeys(map: ConfigMap): ConfigMap | CoercionFailure {
  const forbidden = Object.keys(map).find(isForbiddenKey);
  return forbidden === undefined ? map : forbiddenKey(forbidden);
}

function notMap(raw: unknown): CoercionFailure {
  return new CoercionFailure({ code: 'not-a-map', expected: 'a map', hint: 'write keys with values', raw });
}

function malformed(raw: string): CoercionFailure {
  const hint = 'write JSON such as {"key": "value"}';
  return new CoercionFailure({ code: 'malformed-map', expected: 'a map in JSON', hint, raw });
}
