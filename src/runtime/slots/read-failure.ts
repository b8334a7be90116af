import { ConfigError, type ConfigIssue, isErrorLike, SourceUnreachable, thrownInWords } from '../../core/index.js';

/**
 * Why a read gave nothing to use. `none`: there was no answer, so the source's last answer still holds. `bad`: there was
 * one, and it cannot be used.
 */
export interface ReadFailure {
  readonly kind: 'none' | 'bad';
  /** True where credentials or a certificate are refused, which is not fixed within seconds. */
  readonly refused: boolean;
  readonly error: ConfigError;
  /** The milliseconds after which the server wants to be asked again. */
  readonly retryAfter?: number;
}

/** The failure in an error of a source. Nothing of a foreign error's message is kept: it may hold a secret. */
export function readFailure(name: string, thrown: unknown): ReadFailure {
  if (!ConfigError.is(thrown)) return foreignFailure(name, thrown);
  const { error, kind } = { error: thrown, kind: configErrorKind(thrown) };
  // A copy of the package of its own has a class of its own.
  const retryAfter: unknown =
    thrown instanceof SourceUnreachable ? thrown.retryAfter : Reflect.get(thrown, 'retryAfter');
  return {
    kind: kind === 'bad' ? 'bad' : 'none',
    refused: kind === 'refused',
    error,
    ...(typeof retryAfter === 'number' && retryAfter >= 0 && { retryAfter }),
  };
}

// By code and not by category: a name that cannot be used is also found while reading, and is no outage.
const UNREACHABLE = new Set([
  'source-not-found',
  'source-unreadable',
  'source-timeout',
  'source-unreachable',
  'source-behind',
]);

function configErrorKind(error: ConfigError): 'unreachable' | 'refused' | 'bad' {
  if (error.category !== 'source' || error.issues.length > 0) return 'bad';
  if (error.code === 'source-refused') return 'refused';
  if (!UNREACHABLE.has(error.code)) return 'bad';
  return isRefusal(error.cause) ? 'refused' : 'unreachable';
}

function foreignFailure(name: string, thrown: unknown): ReadFailure {
  const why = `it threw ${thrownInWords(thrown)}`;
  if (isBroken(thrown)) {
    const error = new ConfigError({
      code: 'source-failed',
      message: `${name} could not be read: ${why}.`,
      recovery: 'Its message may hold a secret and is not shown; throw a ConfigError to say more.',
    });
    return { kind: 'bad', refused: false, error };
  }
  const refused = isRefusal(thrown);
  return { kind: 'none', refused, error: new SourceUnreachable({ source: name, why, refused }) };
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

/** True when an error, or one of its causes, means that credentials or a certificate were refused. */
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
  if (!isErrorLike(error) || depth > MAXIMUM_DEPTH) return true;
  // No instanceof: an error may come from another realm.
  const name: unknown = Reflect.get(error, 'name');
  if (typeof name !== 'string' || !MISTAKES.has(name)) return false;
  const cause: unknown = Reflect.get(error, 'cause');
  return name === 'SyntaxError' || isBroken(cause, depth + 1);
}

/** One error for all sources that failed: the error itself when it is the only one. */
export function joinFailures(failures: readonly ConfigError[]): ConfigError | undefined {
  const [first] = failures;
  if (failures.length < 2) return first;
  const issues = failures.flatMap((error): readonly ConfigIssue[] =>
    error.issues.length > 0 ? error.issues : [issueOf(error)],
  );
  const message = `${String(failures.length)} sources could not be read.`;
  return new ConfigError({ code: 'sources-failed', category: first?.category ?? 'source', message, issues });
}

function issueOf({ code, message, recovery }: ConfigError): ConfigIssue {
  if (recovery === '') return { code, path: [], message };
  // The recovery is the end of the message; as a hint it is set off like every other one.
  return { code, path: [], message: message.slice(0, -recovery.length).trimEnd(), hint: recovery };
}
