import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { maskCredentials } from '../core/index.js';
import { leavesOfJson, type Leaves } from './setting-leaves.js';
import { UsageError } from './usage-error.js';

/** How long a service may take to say what it runs with, in milliseconds. */
const PATIENCE = 10_000;

const MOST_BYTES = 16 * 1024 * 1024;

export function isUrl(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/**
 * Reads settings that somebody else has written as JSON, in a file or behind a URL.
 *
 * @throws UsageError when they cannot be had or are no settings; it does not quote them.
 */
export async function readSettings(place: string, folder: string): Promise<Leaves> {
  const shown = maskCredentials(place);
  const text = isUrl(place) ? await fetched(place, shown) : await fileText(resolve(folder, place), shown);
  const leaves = leavesOfJson(parsed(text, shown));
  if (leaves !== undefined) return leaves;
  throw new UsageError(
    `${shown} holds JSON, but no settings.`,
    'It must be what "uno-config print --format json" prints, or the list that ConfigStore.describe() returns.',
  );
}

async function fileText(path: string, shown: string): Promise<string> {
  const { size = 0 } = (await stat(path).catch(() => undefined)) ?? {};
  if (size > MOST_BYTES) throw tooLarge(shown);
  return readFile(path, 'utf8').catch(() => {
    throw new UsageError(`${shown} cannot be read.`, `It was looked for at ${path}.`);
  });
}

async function fetched(url: string, shown: string): Promise<string> {
  const response = await fetch(requestFor(url, shown)).catch((error: unknown) => {
    throw new UsageError(`${shown} does not answer: ${reasonOf(error)}.`, 'Check the URL, and that the service runs.');
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new UsageError(`${shown} answers ${String(response.status)}.`, 'Check the URL.');
  }
  return bodyText(response, shown).catch((error: unknown) => {
    throw error instanceof UsageError ? error : new UsageError(`${shown} broke off: ${reasonOf(error)}.`);
  });
}

/** The credentials of the URL go into a header, as a browser sends them: `fetch` takes no URL that has some. */
function requestFor(text: string, shown: string): Request {
  if (!URL.canParse(text)) throw new UsageError(`${shown} is no URL.`, 'Write http://host:port/path.');
  const url = new URL(text);
  const headers = new Headers({ accept: 'application/json' });
  if (url.username !== '' || url.password !== '') {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers.set('authorization', `Basic ${Buffer.from(credentials).toString('base64')}`);
    url.username = url.password = '';
  }
  return new Request(url, { headers, signal: AbortSignal.timeout(PATIENCE) });
}

async function bodyText(response: Response, shown: string): Promise<string> {
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  // Of bytes, as every body of a response is.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw tooLarge(shown);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parsed(text: string, shown: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes what may be a secret.
    throw new UsageError(`${shown} is not JSON.`, 'Write it with "uno-config print --format json".');
  }
}

function tooLarge(shown: string): UsageError {
  return new UsageError(`${shown} is larger than 16 MiB.`);
}

/** A failed request says why in its cause, with a code. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no reason given';
  if (error.name === 'TimeoutError') return `nothing came for ${String(PATIENCE / 1000)} s`;
  const cause: unknown = error.cause;
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : error.name;
}
