import type { Clock } from '../../core/index.js';
import { SourceUnreachable } from '../../core/index.js';
import type { HttpAnswer, HttpClient, HttpRequest, HttpStream } from '../../http/index.js';
import { HttpFailure, retryAfter } from '../../http/index.js';
import { nothingThere, sourceFailed } from './source-errors.js';

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

/** The same for an answer that is read as a stream, by {@link messagesOf}. */
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

/** What a stream says, for as long as it lasts. */
export async function* messagesOf<T>(
  source: string,
  stream: HttpStream,
  read: (body: HttpStream['body']) => AsyncIterable<T>,
): AsyncGenerator<T, void> {
  try {
    yield* read(stream.body);
  } catch (error) {
    throw unreachable(source, error);
  } finally {
    stream.close();
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
    throw new SourceUnreachable({ source, why, retryAfter: retryAfter(headers, clock.now()) });
  }
  if (status === 404 || status === 410) throw nothingThere(source, why);
  throw sourceFailed(`${source} does not understand the request: ${why}.`, 'Check its address and its options.');
}
