import {
  createSecret,
  derivedSecret,
  distinctPlaces,
  formatPath,
  holdOutsideHeap,
  holdSealed,
  isConfigMap,
  isSecureValue,
  jsonWithSecrets,
  ownBytes,
  placesWithin,
  revealSecret,
  secretBytes,
  secretContent,
  secretText,
  underKey,
  type SecretContent,
  type SecretGate,
  type SecretLevel,
  type SecretPlace,
  type SecretRule,
  type SecureValue,
} from '../../core/index.js';
import type { Place } from './bind-context.js';
import { pathOf } from './bind-context.js';
import { isCoercionFailure, NOT_SET, type CoercionFailure } from '../coerce/index.js';
import { coercerOf } from './coercer-of.js';
import type { FieldType, SecretType } from '../fields/index.js';

/** The prefix of a string with Base64 bytes. */
const BASE64 = 'base64:';

/**
 * Hides a raw value, which may be hidden already: an opened ciphertext, or what an application hands in. What it opens
 * to is coerced like any other value; a failure holds it, and is worded as one of a secret.
 */
export function bindSecret(
  type: SecretType,
  raw: unknown,
  place: Place,
  gate: SecretGate,
): SecureValue<unknown> | typeof NOT_SET | CoercionFailure {
  const { form, level } = type.rule;
  const content = form === 'bytes' ? bytesContent(raw, level) : typedContent(type, raw);
  if (isCoercionFailure(content) || content === NOT_SET) return content;
  const kid = isSecureValue(raw) ? secretContent(raw).kid : undefined;
  const at = new SecretAt(place.parent, place.key, type.rule, gate);
  const from = placesWithin(raw);
  return createSecret(underKey(content, kid), form, at, from.length === 0 ? from : distinctPlaces(from, at));
}

/** Hides the string of a field unchanged. */
export function maskText(
  text: string,
  rule: SecretRule,
  section: Place,
  name: string,
  gate: SecretGate,
): SecureValue<unknown> {
  return createSecret({ kind: 'text', text }, 'text', new SecretAt(section, name, rule, gate));
}

/** Formatted only when it is read. */
class SecretAt implements SecretPlace {
  readonly #parent: Place | undefined;
  readonly #key: string;
  public readonly rule: SecretPlace['rule'];
  public readonly gate: SecretGate;

  public constructor(parent: Place | undefined, key: string, rule: SecretPlace['rule'], gate: SecretGate) {
    this.#parent = parent;
    this.#key = key;
    this.rule = rule;
    this.gate = gate;
  }

  public get path(): string {
    return formatPath(pathOf(this.#parent, this.#key));
  }
}

function bytesContent(raw: unknown, level: SecretLevel): SecretContent | CoercionFailure | typeof NOT_SET {
  const bytes = rawBytes(raw);
  if (!Buffer.isBuffer(bytes)) return bytes;
  const isEncoded = bytes.subarray(0, BASE64.length).toString('latin1') === BASE64;
  if (!isEncoded && isSecureValue(raw)) {
    bytes.fill(0);
    return kept(secretContent(raw), level);
  }
  if (!isEncoded) return held(bytes, level);
  const decoded = Buffer.from(bytes.toString('latin1', BASE64.length), 'base64');
  bytes.fill(0);
  return held(decoded, level);
}

function rawBytes(raw: unknown): Buffer | CoercionFailure | typeof NOT_SET {
  if (isSecureValue(raw)) return secretBytes(secretContent(raw));
  if (raw instanceof Uint8Array) return Buffer.concat([raw]);
  const text = coercerOf({ kind: 'text' })(raw);
  // The string coercer returns a string or one of these.
  return typeof text === 'string' ? ownBytes(text) : (text as CoercionFailure | typeof NOT_SET);
}

function typedContent(type: SecretType, raw: unknown): SecretContent | CoercionFailure | typeof NOT_SET {
  const { form, level } = type.rule;
  const before = isSecureValue(raw) ? secretContent(raw) : undefined;
  // A string is what it is: not opened, so that none of it is on the heap.
  if (before !== undefined && form === 'text' && type.item.kind === 'text') return kept(before, level);
  const written = before === undefined ? raw : secretText(before);
  const value = coercerOf(type.item)(written);
  if (isCoercionFailure(value) || value === NOT_SET) return value;
  const shown = form === 'json' ? JSON.stringify(value) : String(value);
  // Single values of it may have been encrypted in place.
  const text = form === 'json' ? jsonWithSecrets(value) : shown;
  if (before !== undefined && text === written) return kept(before, level);
  // Without a detour through bytes: most secrets of most services are masked strings.
  if (level === 'mask' && before === undefined && text === shown) return { kind: 'text', text };
  return held(ownBytes(text), level);
}

/** Bytes held as a level asks. */
function held(bytes: Buffer, level: SecretLevel): SecretContent {
  return level === 'sealed' ? holdSealed(bytes) : holdOutsideHeap(bytes);
}

/** What is held already, held at least as well as a level asks. */
function kept(content: SecretContent, level: SecretLevel): SecretContent {
  if (level === 'mask' || content.kind === 'sealed') return content;
  return level === 'encrypt' && content.kind === 'key' ? content : held(secretBytes(content), level);
}

/** What a validator, a condition or a `@Transform` of a secret field is shown. */
export function openedValue(type: FieldType, value: unknown): unknown {
  switch (type.kind) {
    case 'secret':
      if (!isSecureValue(value)) return value;
      return type.rule.form === 'bytes' && type.checksText ? secretText(secretContent(value)) : revealSecret(value);
    case 'list':
      return Array.isArray(value) ? value.map((item) => openedValue(type.item, item)) : value;
    case 'map':
      if (!isConfigMap(value)) return value;
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, openedValue(type.item, item)]));
    default:
      return value;
  }
}

/** What a `@Transform` made of what it was shown, with the rules of what that was built from. */
export function closedAgain(type: FieldType, value: unknown, before: unknown): unknown {
  const from = placesWithin(before);
  return from.length === 0 ? value : closedFrom(type, value, from);
}

function closedFrom(type: FieldType, value: unknown, from: readonly SecretPlace[]): unknown {
  if (value === undefined || value === null) return value;
  if (type.kind === 'secret') return derivedSecret(value, from);
  if (type.kind === 'list' && Array.isArray(value)) return value.map((item) => closedFrom(type.item, item, from));
  if (type.kind !== 'map' || !isConfigMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, closedFrom(type.item, item, from)]));
}

/** Leaves nothing of an opened value where it can be helped. */
export function forgetOpened(value: unknown): void {
  if (value instanceof Uint8Array) value.fill(0);
  else if (Array.isArray(value)) value.forEach(forgetOpened);
  else if (isConfigMap(value)) Object.values(value).forEach(forgetOpened);
  // The engine keeps the last string that was matched, and validators match.
  /(?:)/.exec('');
}
