import type { Failure, FailureKind } from './provider-failure.js';

/** The words that a client's errors carry as `name` or `code`, and what each says. Others are not repeated. */
export type FailureWords = Readonly<Record<FailureKind, readonly string[]>>;

const NETWORK = new Set([
  'AbortError',
  'TimeoutError',
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'EPROTO',
  'ETIMEDOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
]);

/** Reads the failure of a client from what its error is called and from the status of the answer. */
export function clientFailure(error: unknown, words: FailureWords): Failure {
  const names = [error, cause(error)].flatMap((thrown) => [property(thrown, 'name'), property(thrown, 'code')]);
  const kinds: readonly FailureKind[] = ['not-unwrapped', 'refused', 'unavailable'];
  for (const name of names) {
    const kind = kinds.find((candidate) => typeof name === 'string' && words[candidate].includes(name));
    if (kind !== undefined) return { kind, why: String(name) };
  }
  const network = names.find((name): name is string => typeof name === 'string' && NETWORK.has(name));
  if (network !== undefined) return { kind: 'unavailable', why: network };
  const status = statusOf(error);
  return status === undefined ? { kind: 'unavailable', why: '' } : statusFailure(status);
}

/** What an HTTP status says by itself. */
export function statusFailure(status: number): Failure {
  const passing = status === 408 || status === 412 || status === 429 || status >= 500;
  return { kind: passing ? 'unavailable' : 'refused', why: `status ${String(status)}` };
}

function statusOf(error: unknown): number | undefined {
  const candidates = [
    property(property(error, '$metadata'), 'httpStatusCode'),
    property(error, 'statusCode'),
    property(error, 'status'),
  ];
  return candidates.find((status): status is number => typeof status === 'number' && status >= 100 && status < 600);
}

function cause(error: unknown): unknown {
  return property(error, 'cause');
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
