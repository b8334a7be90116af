import { HttpFailure } from '../../http/index.js';
import type { Failure } from './provider-failure.js';
import { vaultData } from './vault-answer.js';
import type { VaultConnection } from './vault-options.js';

export async function askVault(
  { client, base, signal }: VaultConnection,
  path: string,
  body?: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await client.ask({
    path: `${base}/${path}`,
    signal,
    ...(body !== undefined && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  return vaultData(answer);
}

export function vaultFailure(error: unknown): Failure {
  if (!(error instanceof HttpFailure)) return { kind: 'unavailable', why: '' };
  const { kind, code, message } = error;
  if (kind === 'too-large') return { kind: 'refused', why: 'its answer is larger than 1 MiB' };
  if (kind === 'credentials') return { kind: 'refused', why: 'there is no usable token' };
  return { kind: kind === 'certificate' ? 'refused' : 'unavailable', why: code ?? message };
}
