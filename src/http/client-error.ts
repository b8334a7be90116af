/** What the error of a client says: words and numbers that may be repeated, unlike its message. */
export interface ClientError {
  /** Its name and code, and those of its cause. Only words are repeated that the caller knows. */
  readonly words: readonly string[];
  readonly network: string | undefined;
  readonly status: number | undefined;
}

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
  'ERR_STREAM_PREMATURE_CLOSE',
  'REQUEST_SEND_ERROR',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
]);

/** Reads an error of a client of another package. */
export function clientError(error: unknown): ClientError {
  const words = [error, property(error, 'cause')]
    .flatMap((thrown) => [property(thrown, 'name'), property(thrown, 'code')])
    .filter((word) => typeof word === 'string');
  const statuses = [
    property(property(error, '$metadata'), 'httpStatusCode'),
    property(error, 'statusCode'),
    property(error, 'status'),
    property(error, 'code'),
  ];
  return {
    words,
    network: words.find((word) => NETWORK.has(word)),
    status: statuses.find((status): status is number => typeof status === 'number' && status >= 100 && status < 600),
  };
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
