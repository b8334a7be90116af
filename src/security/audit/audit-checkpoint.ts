import type { KeyObject } from 'node:crypto';
import { isConfigMap, mustBe, sortOf } from '../../core/index.js';
import { canonicalJson } from './canonical-json.js';

/**
 * Where a log ended at a time, signed: what comes later cannot take back what was there before. One line of JSON in
 * `checkpoints.jsonl`. Subpath: `uno-config/audit`.
 *
 * @example
 * ```ts
 * const place = auditFile({
 *   folder: '/var/log/orders/audit',
 *   signingKey: '-----BEGIN PRIVATE KEY-----…',
 *   exportCheckpoint: async (checkpoint: AuditCheckpoint) => report(JSON.stringify(checkpoint)),
 * });
 * ```
 */
export interface AuditCheckpoint {
  readonly type: 'uno-config.audit.checkpoint';
  /** The log: the `log` of its first event. */
  readonly log: string;
  /** The process that recorded the last event. */
  readonly instance: string;
  /** The last event at that time. */
  readonly seq: number;
  /** Its hash. */
  readonly hash: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
  /** The JWK thumbprint (RFC 7638) of the key that signed it. */
  readonly key: string;
  /** Ed25519 over the canonical JSON (RFC 8785) of all members but this one, in base64url. */
  readonly signature: string;
}

const TYPE = 'uno-config.audit.checkpoint';

/** What a checkpoint vouches for: the last event of a log. */
export type LogEnd = Pick<AuditCheckpoint, 'log' | 'instance' | 'seq' | 'hash'>;

export function signCheckpoint({ log, instance, seq, hash }: LogEnd, time: number, key: KeyObject): AuditCheckpoint {
  const { sign } = process.getBuiltinModule('node:crypto');
  const signed = { time: new Date(time).toISOString(), key: thumbprint(key) };
  const facts = { type: TYPE, log, instance, seq, hash, ...signed } as const;
  return Object.freeze({ ...facts, signature: sign(null, signedBytes(facts), key).toString('base64url') });
}

export function isSignedBy({ signature, ...facts }: AuditCheckpoint, key: KeyObject): boolean {
  const { verify } = process.getBuiltinModule('node:crypto');
  return verify(null, signedBytes(facts), key, Buffer.from(signature, 'base64url'));
}

/** The checkpoint of a line; `undefined` when it is none. The signature is not checked. */
export function parseCheckpoint(line: string): AuditCheckpoint | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isCheckpoint(value) ? value : undefined;
  } catch {
    // Whatever is wrong with it, it is not a checkpoint.
    return undefined;
  }
}

/** @throws TypeError naming the option, when it is no private Ed25519 key. */
export function privateKey(key: KeyObject | string): KeyObject {
  return ed25519('auditFile: signingKey', 'private', key, () => {
    const { createPrivateKey } = process.getBuiltinModule('node:crypto');
    return typeof key === 'string' ? createPrivateKey(key) : key;
  });
}

/** @throws TypeError naming the option, when it is no Ed25519 key. */
export function publicKey(key: KeyObject | string): KeyObject {
  return ed25519('verifyAudit: publicKey', 'public', key, () => {
    const { createPublicKey } = process.getBuiltinModule('node:crypto');
    return typeof key === 'string' || key.type === 'private' ? createPublicKey(key) : key;
  });
}

function ed25519(where: string, type: 'private' | 'public', given: unknown, make: () => KeyObject): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = make();
  } catch {
    // What was thrown may quote the key.
    key = undefined;
  }
  if (key?.asymmetricKeyType === 'ed25519' && key.type === type) return key;
  throw mustBe(where, `a ${type} Ed25519 key, as a KeyObject or in PEM`, sortOf(given));
}

function signedBytes(facts: Omit<AuditCheckpoint, 'signature'>): Buffer {
  return Buffer.from(canonicalJson(facts), 'utf8');
}

function thumbprint(key: KeyObject): string {
  const { createHash, createPublicKey } = process.getBuiltinModule('node:crypto');
  const { crv, kty, x } = createPublicKey(key).export({ format: 'jwk' });
  return createHash('sha256').update(canonicalJson({ crv, kty, x })).digest('base64url');
}

function isCheckpoint(value: unknown): value is AuditCheckpoint {
  if (!isConfigMap(value)) return false;
  const { type, log, instance, seq, hash, time, key, signature } = value;
  return (
    type === TYPE &&
    Number.isSafeInteger(seq) &&
    [log, instance, hash, time, key, signature].every((text) => typeof text === 'string') &&
    Object.keys(value).length === 8
  );
}
