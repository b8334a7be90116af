import { ConfigError } from '../../core/index.js';

/**
 * What is wrong with a source: it cannot be reached; it is there and refuses us; or it answers, and what it answers, or
 * its own code, is broken. Only the first two are tolerated: a broken answer is never taken for no answer.
 */
export type FailureKind = 'unreachable' | 'refused' | 'broken';

// By name and not by category: a name that cannot be used is also found while reading, and is nobody's outage.
const UNREACHABLE = new Set(['source-not-found', 'source-unreadable', 'source-timeout', 'source-unreachable']);

/** The kind of failure that a ConfigError tells of. */
export function failureKind(error: unknown): FailureKind {
  if (!ConfigError.is(error) || error.category !== 'source' || error.issues.length > 0) return 'broken';
  if (error.code === 'source-refused') return 'refused';
  if (!UNREACHABLE.has(error.code)) return 'broken';
  return isRefusal(error.cause) ? 'refused' : 'unreachable';
}

/** The kind of failure that any other error tells of, as a client or the system threw it. */
export function foreignFailureKind(error: unknown): FailureKind {
  if (isBroken(error)) return 'broken';
  return isRefusal(error) ? 'refused' : 'unreachable';
}

const REFUSALS = new Set([
  // HTTP
  '401',
  '403',
  // SQLSTATE: invalid authorization, invalid password
  '28000',
  '28P01',
  'ER_ACCESS_DENIED_ERROR',
  'AUTHORIZATION_VIOLATION',
  'NOAUTH',
  'WRONGPASS',
  // OpenSSL's verdicts on a certificate, besides those that begin with CERT_
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'HOSTNAME_MISMATCH',
]);

const MAXIMUM_DEPTH = 8;

/** True when an error, or one that caused it, says that credentials or a certificate were refused. */
function isRefusal(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > MAXIMUM_DEPTH) return false;
  for (const key of ['code', 'status', 'statusCode']) {
    const value: unknown = Reflect.get(error, key);
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    if (REFUSALS.has(String(value)) || /^(?:CERT|ERR_TLS|ERR_SSL)_/.test(String(value))) return true;
  }
  const errors: unknown = Reflect.get(error, 'errors');
  const several: readonly unknown[] = Array.isArray(errors) ? errors.slice(0, MAXIMUM_DEPTH) : [];
  return [Reflect.get(error, 'cause'), ...several].some((cause) => isRefusal(cause, depth + 1));
}

const MISTAKES = new Set(['SyntaxError', 'TypeError', 'ReferenceError', 'RangeError', 'EvalError', 'URIError']);

// What a parser and a slip in the source's code throw. `fetch` throws a TypeError too, but names the outage as its cause.
function isBroken(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > MAXIMUM_DEPTH) return true;
  // No instanceof: an error may come from another realm.
  const name: unknown = Reflect.get(error, 'name');
  if (typeof name !== 'string' || !MISTAKES.has(name)) return false;
  const cause: unknown = Reflect.get(error, 'cause');
  return name === 'SyntaxError' || isBroken(cause, depth + 1);
}
