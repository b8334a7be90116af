import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';

export const JSON_TYPE = 'application/json';
export const COMMON_HEADERS = { 'x-content-type-options': 'nosniff', 'cache-control': 'private, no-cache' };
/** The longest wait for a change that a request may ask for, in milliseconds. */
const LONGEST_WAIT = 240_000;

/** Whether a request takes answers of a type. */
export function accepts({ headers }: IncomingMessage, type: string): boolean {
  return headers.accept?.toLowerCase().includes(type) === true;
}

/** Whether whoever asks has the answer with that tag already. */
export function hasTag({ headers }: IncomingMessage, tag: string): boolean {
  const known = headers['if-none-match'] ?? '';
  const opaque = (text: string): string => text.trim().replace(/^W\//, '');
  return known.split(',').some((one) => opaque(one) === opaque(tag));
}

/** The milliseconds of `Prefer: wait=60`. */
export function waitOf({ headers }: IncomingMessage): number {
  const [, seconds = '0'] = /(?:^|[,;\s])wait=(\d{1,6})(?=$|[,;\s])/.exec(String(headers['prefer'] ?? '')) ?? [];
  return Math.min(LONGEST_WAIT, Number(seconds) * 1_000);
}

/** Answers with a status. Nothing of the request is repeated. */
export function refuse(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string | string[]>> = {},
): void {
  const body = JSON.stringify({ status, error: STATUS_CODES[status] });
  response.writeHead(status, { ...COMMON_HEADERS, 'content-type': JSON_TYPE, ...headers }).end(body);
}
