import { isKeyId } from './key-id.js';
import { isScopeHash } from './scope.js';

/** The protected header of a token, checked. Nothing in it is authentic before the token has been opened. */
export interface TokenHeader {
  readonly kid: string;
  readonly cfg: string;
  /** The sender's key for this one value, 32 bytes in base64url; only of a sealed token. */
  readonly epk?: string;
}

/** Characters of the longest header that is looked at, in base64url. Ours have about 250 at most. */
const LONGEST_HEADER = 1024;
const POINT_BYTES = 32;

/** The header of a value encrypted with a shared key, as the token holds it. */
export function encryptHeader(kid: string, cfg: string): string {
  return Buffer.from(`{"alg":"dir","enc":"A256GCM","kid":"${kid}","cfg":"${cfg}"}`, 'latin1').toString('base64url');
}

/** The header of a value sealed for the holder of a private key, as the token holds it. */
export function sealHeader(kid: string, cfg: string, epk: string): string {
  const key = `{"kty":"OKP","crv":"X25519","x":"${epk}"}`;
  const text = `{"alg":"ECDH-ES","enc":"A256GCM","epk":${key},"kid":"${kid}","cfg":"${cfg}"}`;
  return Buffer.from(text, 'latin1').toString('base64url');
}

/**
 * Reads a header, undefined unless it is one of ours: exactly the members that we write (so no `zip`, no `crit`, no key or
 * address of a key), each once, in compact JSON. The algorithm is compared, never chosen, by what is there.
 */
export function readHeader(encoded: string): TokenHeader | undefined {
  if (encoded.length > LONGEST_HEADER) return undefined;
  const text = fromBase64url(encoded)?.toString('latin1');
  const members = text === undefined ? undefined : parseMembers(text);
  // A member that stands there twice, blanks and escapes are lost on the way; then the texts differ.
  if (members === undefined || JSON.stringify(members) !== text) return undefined;
  const { alg, enc, kid, cfg, epk, ...others } = members;
  if (Object.keys(others).length > 0 || enc !== 'A256GCM' || !isKeyId(kid) || !isScopeHash(cfg)) return undefined;
  if (alg === 'dir') return epk === undefined ? { kid, cfg } : undefined;
  const point = alg === 'ECDH-ES' ? readPoint(epk) : undefined;
  return point === undefined ? undefined : { kid, cfg, epk: point };
}

type Members = Readonly<Record<string, unknown>>;

function parseMembers(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMembers(value) ? value : undefined;
  } catch {
    // Not JSON: one more way of not being a header of ours.
    return undefined;
  }
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readPoint(epk: unknown): string | undefined {
  if (!isMembers(epk)) return undefined;
  const { kty, crv, x, ...others } = epk;
  if (Object.keys(others).length > 0 || kty !== 'OKP' || crv !== 'X25519' || typeof x !== 'string') return undefined;
  return fromBase64url(x)?.length === POINT_BYTES ? x : undefined;
}

/**
 * The bytes of a base64url text; undefined unless it is written in the one canonical way: no padding, no blanks, no other
 * alphabet, no stray bits at the end. Node's own decoder skips over all of that, which would give one secret many texts.
 */
export function fromBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') === text) return bytes;
  bytes.fill(0);
  return undefined;
}
