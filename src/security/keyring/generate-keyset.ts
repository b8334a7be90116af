import type { Clock, OptionKinds } from '../../core/index.js';
import { option, readOptions, systemClock } from '../../core/index.js';
import { keyIdOf, nodeCrypto, pointOf } from '../cipher/index.js';
import type { KeyUse } from './key-description.js';
import { KEY_USES } from './key-description.js';
import type { KeyEntry, PlainMaterial } from './key-entry.js';
import type { KeysetDocument } from './keyset-document.js';
import { documentOf, entriesOf } from './keyset-document.js';
import { KEYSET_NAME } from './keyring.js';

/** What {@link generateKeyset} takes. */
export interface GenerateKeysetOptions {
  /** What keys it is to have; both uses when absent. */
  readonly uses?: readonly KeyUse[];
  readonly clock?: Clock;
}

/** What {@link rotateKey} takes. */
export interface RotateKeyOptions {
  readonly clock?: Clock;
}

const USE = option.oneOf(...KEY_USES);
const CLOCK = option.or(option.clock, systemClock);
const GENERATE = {
  uses: option.or(option.listOf(USE), KEY_USES),
  clock: CLOCK,
} satisfies OptionKinds<GenerateKeysetOptions>;
const ROTATE = { clock: CLOCK } satisfies OptionKinds<RotateKeyOptions>;

/**
 * A new keyset with a primary key for each use, made at random. `name` is up to 64 letters, digits and `.` `_` `-`. A
 * key is called after the keyset and its own thumbprint, such as `orders/Xq3vT0c9_mZ4bW1k`. Subpath: `uno-config/keys`.
 *
 * @example
 * ```ts
 * const document = generateKeyset('orders');
 * ```
 */
export function generateKeyset(name: string, options: GenerateKeysetOptions = {}): KeysetDocument {
  KEYSET_NAME.read(name, 'generateKeyset: the name');
  const { uses, clock } = readOptions('generateKeyset', options, GENERATE);
  return documentOf(
    name,
    KEY_USES.filter((use) => uses.includes(use)).map((use) => newKey(name, use, clock)),
  );
}

/**
 * The keyset with a new primary key for a use; the old one stays active, so that it still opens. Adds the first key of a
 * use that has none. Subpath: `uno-config/keys`.
 *
 * @example
 * ```ts
 * const rotated = rotateKey(generateKeyset('orders'), 'encrypt');
 * ```
 */
export function rotateKey(document: KeysetDocument, use: KeyUse, options: RotateKeyOptions = {}): KeysetDocument {
  USE.read(use, 'rotateKey: the use');
  const { clock } = readOptions('rotateKey', options, ROTATE);
  const entries = entriesOf(document).map((entry): KeyEntry =>
    entry.use === use && entry.state === 'primary' ? { ...entry, state: 'active' } : entry,
  );
  return documentOf(document.name, [...entries, newKey(document.name, use, clock)]);
}

function newKey(keyset: string, use: KeyUse, clock: Clock): KeyEntry {
  const { x, material } = newMaterial(use);
  const kid = keyIdOf(keyset, x === undefined ? { k: material.secret } : { x });
  return { kid, use, state: 'primary', created: clock.now(), ...(x !== undefined && { x }), material };
}

function newMaterial(use: KeyUse): { readonly material: PlainMaterial; readonly x?: string } {
  if (use === 'encrypt')
    return { material: { kind: 'plain', secret: nodeCrypto().randomBytes(32).toString('base64url') } };
  const { privateKey, publicKey } = nodeCrypto().generateKeyPairSync('x25519');
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  // The 32 bytes of the key are the end of its DER.
  const secret = der.subarray(-32).toString('base64url');
  der.fill(0);
  return { x: pointOf(publicKey), material: { kind: 'plain', secret } };
}
