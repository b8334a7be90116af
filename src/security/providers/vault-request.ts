import { clientFailure, type FailureWords } from './client-failure.js';
import { AnswerFailure, type Failure } from './provider-failure.js';
import { vaultData } from './vault-answer.js';

/** A token that is asked for with every request, or a `SecureValue<string>`. Never the text itself, which logs find. */
export type VaultToken = (() => string | Promise<string>) | { use<R>(read: (token: string) => R): R };

/** The `fetch` that requests go through. */
export type VaultFetch = (url: string, init: RequestInit) => Promise<Response>;

/** How Vault is reached. */
export interface VaultConnection {
  /** With the mount, and no slash at its end: `https://vault:8200/v1/transit`. */
  readonly base: string;
  readonly token: VaultToken;
  readonly namespace: string | undefined;
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
  readonly fetch: VaultFetch;
}

/** Asks transit one thing: GET without a body, else POST. */
export async function askVault(
  { base, token, namespace, timeout, signal, fetch }: VaultConnection,
  path: string,
  body?: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const patience = AbortSignal.timeout(timeout);
  const headers = await authenticated(token, {
    accept: 'application/json',
    'x-vault-request': 'true',
    ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  });
  const response = await fetch(`${base}/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    // fetch would take the token along to wherever it is sent.
    redirect: 'manual',
    signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
  });
  return vaultData(response);
}

async function authenticated(token: VaultToken, others: Readonly<Record<string, string>>): Promise<Headers> {
  try {
    const withToken = (text: string): Headers => new Headers({ ...others, 'x-vault-token': text });
    return typeof token === 'function' ? withToken(await token()) : token.use(withToken);
  } catch {
    // Headers quotes a text that it does not take.
    throw new AnswerFailure({ kind: 'refused', why: 'there is no usable token' });
  }
}

const WORDS: FailureWords = { 'not-unwrapped': [], refused: [], unavailable: [] };

/** The failure of a request that got no answer of Vault. */
export function vaultFailure(error: unknown): Failure {
  return clientFailure(error, WORDS);
}
