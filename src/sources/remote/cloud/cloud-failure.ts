import { ConfigError, kindOfThrown, SourceUnreachable } from '../../../core/index.js';
import { clientError, HttpFailure } from '../../../http/index.js';
import { unreachable } from '../http-source.js';
import { nothingThere, sourceFailed } from '../source-errors.js';

export interface FailureWords {
  /** A permission is missing. */
  readonly denied?: readonly string[];
  /** There are no credentials, or they are not accepted. */
  readonly credentials?: readonly string[];
  /** What is asked for is not there. */
  readonly missing?: readonly string[];
  /** A later attempt may do. */
  readonly passing?: readonly string[];
}

export interface CloudFailure {
  readonly source: string;
  readonly error: unknown;
  readonly words: FailureWords;
  /** What to grant: `ssm:GetParametersByPath on /orders`. */
  readonly permission: string;
  /** The milliseconds after which the service wants to be asked again. */
  readonly retryAfter?: number | undefined;
  /** Whether an error without a status says that there was no whole answer. */
  readonly isUnanswered?: boolean;
}

/** Codes of gRPC, which clients of Google carry as numbers. */
const GRPC = [
  ...['OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS'],
  ...['PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED'],
  ...['INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED'],
];

type Kind = keyof FailureWords | 'failed';

/** The error of a read that a client has thrown; nothing that its error holds is repeated but words that are known. */
export function cloudFailure({ source, error, words, permission, retryAfter, isUnanswered }: CloudFailure): unknown {
  if (ConfigError.is(error)) return error;
  if (error instanceof HttpFailure) return unreachable(source, error);
  const { kind, why } = kindOf(error, words, isUnanswered);
  switch (kind) {
    case 'denied':
      return new SourceUnreachable({
        source,
        why: `the permission is missing (${why})`,
        refused: true,
        recovery: `Grant ${permission} to the identity that the program runs as.`,
      });
    case 'credentials':
      return new SourceUnreachable({
        source,
        why: `there are no credentials that it accepts (${why})`,
        refused: true,
        recovery: 'Check the credentials that its client finds, and whether they have expired.',
      });
    case 'missing':
      return nothingThere(source, why);
    case 'passing':
      return new SourceUnreachable({ source, why, retryAfter });
    default:
      return unusable(source, why, 'Check its options, and what answers at its address.');
  }
}

export function unusable(source: string, why: string, recovery: string): ConfigError {
  return sourceFailed(`${source} gives no answer that can be used: ${why}.`, recovery);
}

function kindOf(
  error: unknown,
  words: FailureWords,
  isUnanswered = false,
): { readonly kind: Kind; readonly why: string } {
  const { words: said, network, status } = clientError(error);
  const kinds = ['denied', 'credentials', 'missing', 'passing'] as const;
  for (const word of [...said, ...grpcCode(error)]) {
    const kind = kinds.find((candidate) => words[candidate]?.includes(word));
    if (kind !== undefined) return { kind, why: word };
  }
  if (network !== undefined) return { kind: 'passing', why: network };
  if (status === undefined && isUnanswered) return { kind: 'passing', why: 'there is no whole answer' };
  if (status === undefined) return { kind: 'failed', why: `its client threw ${kindOfThrown(error)}` };
  return { kind: statusKind(status), why: `status ${String(status)}` };
}

function grpcCode(error: unknown): readonly string[] {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const word = typeof code === 'number' ? GRPC[code] : undefined;
  return word === undefined ? [] : [word];
}

function statusKind(status: number): Kind {
  if (status === 401) return 'credentials';
  if (status === 403) return 'denied';
  if (status === 404 || status === 410) return 'missing';
  return status === 408 || status === 425 || status === 429 || status >= 500 ? 'passing' : 'failed';
}
