/** What went wrong where no answer came, or only part of one. */
export type HttpFailureKind =
  | 'connect-timeout'
  | 'headers-timeout'
  | 'idle-timeout'
  | 'total-timeout'
  | 'network'
  | 'certificate'
  | 'cut'
  | 'too-large'
  | 'redirect'
  | 'credentials'
  | 'aborted';

/** A request without a whole answer, in words of ours: nothing of the request or of what the server sent is repeated. */
export class HttpFailure extends Error {
  public override readonly name = 'HttpFailure';
  public readonly kind: HttpFailureKind;
  /** The word of the operating system or of TLS, such as `ECONNREFUSED`. */
  public readonly code: string | undefined;

  public constructor(kind: HttpFailureKind, why: string, code?: string) {
    super(code === undefined ? why : `${why} (${code})`);
    this.kind = kind;
    this.code = code;
  }
}

const CERTIFICATE = /^(?:CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH)/;

/** The failure that an error of Node tells of. */
export function httpFailureOf(error: unknown): HttpFailure {
  if (error instanceof HttpFailure) return error;
  const code = codeOf(error);
  if (code !== undefined && CERTIFICATE.test(code)) {
    return new HttpFailure('certificate', 'the connection cannot be trusted', code);
  }
  return new HttpFailure('network', 'there is no connection', code);
}

function codeOf(error: unknown): string | undefined {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  // Codes are words; whatever else stands there may quote something.
  return typeof code === 'string' && /^[A-Z][A-Z\d_]{0,60}$/.test(code) ? code : undefined;
}
