import { ConfigError } from '../../core/index.js';
import type { KeyState } from './key-description.js';
import type { KeyEntry } from './key-entry.js';
import { noPrimaryKey } from './key-errors.js';
import type { KeysetDocument } from './keyset-document.js';
import { documentOf, entriesOf } from './keyset-document.js';

/**
 * The keyset with a key retired: it still opens, and every use is reported. Throws a `ConfigError` with code
 * `unknown-key-id`, or `key-state` for a primary key. Subpath: `uno-config/keys`.
 *
 * @example
 * ```ts
 * const rotated = rotateKey(KeysetDocument.parse(body), 'encrypt');
 * const retired = retireKey(rotated, 'orders/1');
 * ```
 */
export function retireKey(document: KeysetDocument, kid: string): KeysetDocument {
  return moved(document, kid, 'retired');
}

/**
 * The keyset with a key that opens nothing until it is active or retired again. Throws a `ConfigError` with code
 * `unknown-key-id`, or `key-state` for a primary key. Subpath: `uno-config/keys`.
 *
 * @example
 * ```ts
 * const rotated = rotateKey(KeysetDocument.parse(body), 'encrypt');
 * const disabled = disableKey(rotated, 'orders/1');
 * ```
 */
export function disableKey(document: KeysetDocument, kid: string): KeysetDocument {
  return moved(document, kid, 'disabled');
}

/**
 * The keyset with a retired or disabled key active again. Throws a `ConfigError` with code `unknown-key-id`, or
 * `key-state` for a primary key. Subpath: `uno-config/keys`.
 *
 * @example
 * ```ts
 * const rotated = rotateKey(KeysetDocument.parse(body), 'encrypt');
 * const active = activateKey(disableKey(rotated, 'orders/1'), 'orders/1');
 * ```
 */
export function activateKey(document: KeysetDocument, kid: string): KeysetDocument {
  return moved(document, kid, 'active');
}

/**
 * The keyset without a key: what is encrypted under it can never be opened again. Throws a `ConfigError` with code
 * `unknown-key-id`, or `key-state` unless the key is retired or disabled. Subpath: `uno-config/keys`.
 *
 * @example
 * ```ts
 * const rotated = rotateKey(KeysetDocument.parse(body), 'encrypt');
 * const destroyed = destroyKey(retireKey(rotated, 'orders/1'), 'orders/1');
 * ```
 */
export function destroyKey(document: KeysetDocument, kid: string): KeysetDocument {
  const { state } = entryOf(document, kid);
  if (state !== 'retired' && state !== 'disabled') {
    throw wrongState(kid, state, 'destroyed', 'Rotate, encrypt again what is under it, and retire it first.');
  }
  return documentOf(
    document.name,
    entriesOf(document).filter((entry) => entry.kid !== kid),
  );
}

/**
 * The public halves of the keys to seal with, for programs that write sealed values and open none. Throws a `ConfigError`
 * with code `no-primary-key` when there is none. Subpath: `uno-config/keys`.
 *
 * @example
 * ```ts
 * const forWriters = publicKeyset(generateKeyset('orders'));
 * ```
 */
export function publicKeyset(document: KeysetDocument): KeysetDocument {
  const seals = entriesOf(document).filter(({ use, state }) => use === 'seal' && state === 'primary');
  if (seals.length === 0) throw noPrimaryKey(document.name, 'seal');
  return documentOf(
    document.name,
    seals.map(({ kid, use, state, created, x }) => ({ kid, use, state, created, ...(x !== undefined && { x }) })),
  );
}

function moved(document: KeysetDocument, kid: string, state: Exclude<KeyState, 'primary'>): KeysetDocument {
  if (entryOf(document, kid).state === 'primary') {
    throw wrongState(kid, 'primary', state, 'Rotate first: what was the primary key is active then.');
  }
  return documentOf(
    document.name,
    entriesOf(document).map((entry) => (entry.kid === kid ? { ...entry, state } : entry)),
  );
}

function entryOf(document: KeysetDocument, kid: string): KeyEntry {
  const entry = entriesOf(document).find((each) => each.kid === kid);
  if (entry === undefined) throw unknownKey(document);
  return entry;
}

function wrongState(kid: string, state: KeyState, next: string, recovery: string): ConfigError {
  return new ConfigError({
    code: 'key-state',
    message: `The key ${kid} is ${state} and cannot become ${next}.`,
    recovery,
  });
}

function unknownKey({ name, keys }: KeysetDocument): ConfigError {
  return new ConfigError({
    code: 'unknown-key-id',
    message: `The keyset ${name} has no key of this name.`,
    recovery: `It has ${keys.map(({ kid }) => kid).join(', ')}.`,
  });
}
