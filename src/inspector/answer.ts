import { promisify } from 'node:util';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzip } from 'node:zlib';

/** What every answer says to the browser: nothing of it is kept, framed, guessed at or fetched by others. */
export const HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
});

const compressed = promisify(gzip);
/** Smaller ones grow. */
const SMALL = 1_024;

/** The bodies of answers that are sent again, compressed: one for all viewers. */
const bodies = new WeakMap<object, Promise<Buffer>>();

export async function sendJson(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  data: object,
): Promise<void> {
  const type = 'application/json';
  const known = takesGzip(request) ? bodies.get(data) : undefined;
  if (known !== undefined) {
    send(request, response, { status, type, body: await known, isCompressed: true });
    return;
  }
  const text = JSON.stringify(data, plain);
  if (!takesGzip(request) || text.length <= SMALL) return sendText(request, response, { status, type, text });
  const body = compressed(text);
  bodies.set(data, body);
  send(request, response, { status, type, body: await body, isCompressed: true });
}

/** Answers with a text, compressed where the client takes that. */
export async function sendText(
  request: IncomingMessage,
  response: ServerResponse,
  { status, type, text }: { readonly status: number; readonly type: string; readonly text: string },
): Promise<void> {
  const isCompressed = takesGzip(request) && text.length > SMALL;
  const body = isCompressed ? await compressed(text) : Buffer.from(text);
  send(request, response, { status, type, body, isCompressed });
}

function takesGzip({ headers }: IncomingMessage): boolean {
  return /\bgzip\b/.test(headers['accept-encoding'] ?? '');
}

interface SentBody {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
  readonly isCompressed: boolean;
}

function send({ method }: IncomingMessage, response: ServerResponse, sent: SentBody): void {
  const { status, type, body, isCompressed } = sent;
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': body.length,
    vary: 'accept-encoding',
    ...(isCompressed && { 'content-encoding': 'gzip' }),
  });
  response.end(method === 'HEAD' ? undefined : body);
}

/** What JSON has no word for. */
function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** The longest body that is read. */
const MOST_BYTES = 64 * 1024;

export async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) return undefined;
  // Express has read it where its parser comes first.
  if (request.readableEnded) return Reflect.get(request, 'body') as unknown;
  const chunks: Buffer[] = [];
  let size = 0;
  // Of bytes: nobody has set an encoding.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
