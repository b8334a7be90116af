import { AnswerFailure, type Failure } from './provider-failure.js';
import { statusFailure } from './client-failure.js';

/** More than any answer of transit about one key; a longer one comes from somebody else. */
const MOST_BYTES = 1024 * 1024;

/** What Vault says when there is nothing to work with; any other 400 is about the ciphertext. */
const NO_KEY = ['encryption key not found', 'policy not found', 'no handler for route', 'unsupported path'];

/**
 * The `data` of an answer of Vault.
 *
 * @throws AnswerFailure for an answer that is none; Vault's words are looked at, never repeated.
 */
export async function vaultData(response: Response): Promise<Readonly<Record<string, unknown>>> {
  const body = parsed(await bodyText(response));
  if (!response.ok) throw new AnswerFailure(refusal(response.status, property(body, 'errors')));
  const data = property(body, 'data');
  // An object's keys can be looked at, whatever it is.
  if (typeof data === 'object' && data !== null) return data as Readonly<Record<string, unknown>>;
  throw new AnswerFailure({ kind: 'refused', why: 'its answer is not one of Vault' });
}

/** One text of an answer. */
export function textOf(data: Readonly<Record<string, unknown>>, name: 'plaintext' | 'ciphertext'): string {
  const text = data[name];
  if (typeof text === 'string' && text !== '') return text;
  throw new AnswerFailure({ kind: 'refused', why: 'its answer has no key' });
}

function refusal(status: number, errors: unknown): Failure {
  if (status >= 300 && status < 400) return { kind: 'refused', why: `status ${String(status)}, a redirection` };
  const said = JSON.stringify(errors ?? '');
  if (status === 400 && NO_KEY.some((words) => said.includes(words))) return { kind: 'refused', why: 'no such key' };
  return status === 400 ? { kind: 'not-unwrapped', why: 'status 400' } : statusFailure(status);
}

async function bodyText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Of bytes, as every body of a response is.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.byteLength;
    if (length > MOST_BYTES) throw new AnswerFailure({ kind: 'refused', why: 'its answer is larger than 1 MiB' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page, say; the parser would quote it.
    return undefined;
  }
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
