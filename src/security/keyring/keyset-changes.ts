import { ConfigError } from '../../core/index.js';
import type { KeyState } from './key-description.js';
import type { KeyEntry } from './key-entry.js';
import { noPrimaryKey } from './key-errors.js';
import type { KeysetDocument } from './keyset-document.js';
import { documentOf, entriesOf } from './keyset-document.js';

/**
 * The keyset with a key retired: it still opens, and every use is reported. Throws a `ConfigError` with code
 * `unknown-key-id`, or `key-state` for a primary or destroyed key. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * const rotated = rotateKey(generateKeyset('orders'), 'encrypt');
 * const retired = retireKey(rotated, 'orders/1');
 * ```
 */
export function retireKey(document: KeysetDocument, kid: string): KeysetDocument {
  return moved(document, kid, 'retired', ['active', 'retired', 'disabled']);
}

/**
 * The keyset with a key that opens nothing until it is active or retired again. Throws a `ConfigError` with code
 * `unknown-key-id`, or `key-state` for a primary or destroyed key. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * const rotated = rotateKey(generateKeyset('orders'), 'encrypt');
 * const disabled = disableKey(rotated, 'orders/1');
 * ```
 */
export function disableKey(document: KeysetDocument, kid: string): KeysetDocument {
  return moved(document, kid, 'disabled', ['active', 'retired', 'disabled']);
}

/**
 * The keyset with a retired or disabled key active again. Throws a `ConfigError` with code `unknown-key-id`, or
 * `key-state` for a primary or destroyed key. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * const rotated = rotateKey(generateKeyset('orders'), 'encrypt');
 * const active = activateKey(disableKey(rotated, 'orders/1'), 'orders/1');
 * ```
 */
export function activateKey(document: KeysetDocument, kid: string): KeysetDocument {
  return moved(document, kid, 'active', ['active', 'retired', 'disabled']);
}

/**
 * The keyset without a key's material: what is encrypted under it can never be opened again. Its name stays, so that no
 * other key gets it. Throws a `ConfigError` with code `unknown-key-id`, or `key-state` unless the key is retired or
 * disabled. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * const rotated = rotateKey(generateKeyset('orders'), 'encrypt');
 * const destroyed = destroyKey(retireKey(rotated, 'orders/1'), 'orders/1');
 * ```
 */
export function destroyKey(document: KeysetDocument, kid: string): KeysetDocument {
  return moved(document, kid, 'destroyed', ['retired', 'disabled', 'destroyed']);
}

/**
 * The public halves of the keys to seal with, for programs that write sealed values and open none. Throws a `ConfigError`
 * with code `no-primary-key` when there is none. Subpath: `uno-config`.
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

const WAY_OUT: Readonly<Record<'retired' | 'disabled' | 'active' | 'destroyed', string>> = {
  retired: 'Rotate first where it is the primary key; what is destroyed stays so.',
  disabled: 'Rotate first where it is the primary key; what is destroyed stays so.',
  active: 'The primary key is more than active already; what is destroyed stays so.',
  destroyed: 'Rotate, encrypt again what is under it, and retire it first.',
};

function moved(
  document: KeysetDocument,
  kid: string,
  state: keyof typeof WAY_OUT,
  from: readonly KeyState[],
): KeysetDocument {
  const entries = entriesOf(document);
  const entry = entries.find((each) => each.kid === kid);
  if (entry === undefined) throw unknownKey(document);
  if (!from.includes(entry.state)) {
    throw new ConfigError({
      code: 'key-state',
      category: 'security',
      message: `The key ${kid} is ${entry.state} and cannot become ${state}.`,
      recovery: WAY_OUT[state],
    });
  }
  const { use, created } = entry;
  const next: KeyEntry = state === 'destroyed' ? { kid, use, state, created } : { ...entry, state };
  return documentOf(
    document.name,
    entries.map((each) => (each === entry ? next : each)),
  );
}

function unknownKey({ name, keys }: KeysetDocument): ConfigError {
  return new ConfigError({
    code: 'unknown-key-id',
    category: 'security',
    message: `The keyset ${name} has no key of this name.`,
    recovery: `It has ${keys.map(({ kid }) => kid).join(', ')}.`,
  });
}
