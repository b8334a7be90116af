import { property } from '../../core/index.js';
import { HttpFailure, type HttpAnswer } from '../../http/index.js';
import { AnswerFailure, statusFailure, type Failure } from './service-provider.js';

/** What Vault says when there is nothing to work with; any other 400 is about the ciphertext. */
const NO_KEY = ['encryption key not found', 'policy not found', 'no handler for route', 'unsupported path'];

/**
 * The `data` of an answer of Vault.
 *
 * @throws AnswerFailure for an answer that is none; Vault's words are looked at, never repeated.
 */
export function vaultData({ status, text }: HttpAnswer): Readonly<Record<string, unknown>> {
  const body = parsed(text);
  if (status < 200 || status >= 300) throw new AnswerFailure(refusal(status, property(body, 'errors')));
  const data = property(body, 'data');
  // An object's keys can be looked at, whatever it is.
  if (typeof data === 'object' && data !== null) return data as Readonly<Record<string, unknown>>;
  throw new AnswerFailure({ kind: 'refused', why: 'its answer is not one of Vault' });
}

export function textOf(data: Readonly<Record<string, unknown>>, name: 'plaintext' | 'ciphertext'): string {
  const text = data[name];
  if (typeof text === 'string' && text !== '') return text;
  throw new AnswerFailure({ kind: 'refused', why: 'its answer has no key' });
}

export function vaultFailure(error: unknown): Failure {
  if (!(error instanceof HttpFailure)) return { kind: 'unavailable', why: '' };
  const { kind, code, message } = error;
  if (kind === 'too-large') return { kind: 'refused', why: 'its answer is larger than 1 MiB' };
  if (kind === 'credentials') return { kind: 'refused', why: 'there is no usable token' };
  return { kind: kind === 'certificate' ? 'refused' : 'unavailable', why: code ?? message };
}

function refusal(status: number, errors: unknown): Failure {
  if (status >= 300 && status < 400) return { kind: 'refused', why: `status ${String(status)}, a redirection` };
  const said = JSON.stringify(errors ?? '');
  if (status === 400 && NO_KEY.some((words) => said.includes(words))) return { kind: 'refused', why: 'no such key' };
  return status === 400 ? { kind: 'not-unwrapped', why: 'status 400' } : statusFailure(status);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page, say; the parser would quote it.
    return undefined;
  }
}
