import type { Clock } from '../../core/index.js';
import { ConfigError, SourceUnreachable } from '../../core/index.js';
import type { HttpAnswer, HttpClient, HttpRequest, HttpStream } from '../../http/index.js';
import { HttpFailure, retryAfter } from '../../http/index.js';

export interface HttpReader {
  readonly name: string;
  readonly client: HttpClient;
  readonly clock: Clock;
}

/**
 * Requests a whole answer of status 2xx or 304.
 *
 * @throws SourceUnreachable where there is none: no connection, a cut body, a time-out, 401, 403, 408, 425, 429, 5xx.
 * @throws ConfigError `source-not-found` for 404 and 410, `source-failed` for every other status: a retry is in vain.
 */
export async function askSource({ name, client, clock }: HttpReader, request: HttpRequest): Promise<HttpAnswer> {
  const answer = await client.ask(request).catch((error: unknown) => {
    throw unreachable(name, error);
  });
  refuseStatus(name, answer, clock);
  return answer;
}

/** The same for an answer that is read as a stream. What its body throws goes through {@link unreachable}. */
export async function streamSource({ name, client, clock }: HttpReader, request: HttpRequest): Promise<HttpStream> {
  const answer = await client.open(request).catch((error: unknown) => {
    throw unreachable(name, error);
  });
  try {
    refuseStatus(name, answer, clock);
    return answer;
  } catch (error) {
    answer.close();
    throw error;
  }
}

/** The source error for a failed request; any other error is returned as it is. */
export function unreachable(source: string, error: unknown): unknown {
  if (!(error instanceof HttpFailure)) return error;
  const refused = error.kind === 'certificate' || error.kind === 'credentials';
  return new SourceUnreachable({ source, why: error.message, refused });
}

const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

function refuseStatus(source: string, { status, headers }: Pick<HttpAnswer, 'status' | 'headers'>, clock: Clock): void {
  if ((status >= 200 && status < 300) || status === 304) return;
  const why = `it answers with status ${String(status)}`;
  if (status === 401 || status === 403) throw new SourceUnreachable({ source, why, refused: true });
  if (PASSING.has(status) || status >= 500) {
    const wanted = retryAfter(headers, clock.now());
    throw new SourceUnreachable({ source, why, ...(wanted !== undefined && { retryAfter: wanted }) });
  }
  if (status === 404 || status === 410) {
    throw new ConfigError({
      code: 'source-not-found',
      category: 'source',
      message: `${source} does not hold these settings: ${why}.`,
      recovery: 'Create them, correct where they are looked for, or wrap the source in optional(…).',
    });
  }
  throw new ConfigError({
    code: 'source-failed',
    category: 'source',
    message: `${source} does not understand the request: ${why}.`,
    recovery: 'Check its address and its options.',
  });
}
