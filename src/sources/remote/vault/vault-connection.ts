import { type ConfigError, SourceUnreachable, systemClock } from '../../../core/index.js';
import { type HttpAnswer, retryAfter } from '../../../http/index.js';
import type { VaultCall, VaultClient } from '../../../security/index.js';
import { nothingThere, sourceFailed, unusable } from '../cloud/index.js';
import { unreachable } from '../http-source.js';
import { jsonMap } from '../source-errors.js';

export type VaultAnswer = Readonly<Record<string, unknown>>;

export interface VaultRequest extends VaultCall {
  readonly source: string;
  /** What a policy must allow. */
  readonly capability: 'read' | 'update';
}

/** Of a document of secrets, or of one credential. */
export const VAULT_LIMITS = { bytes: 64 * 1024 * 1024 };

/**
 * The answer to a request of status 2xx or 404: Vault says with 404 that a version has been deleted.
 *
 * @throws SourceUnreachable, ConfigError `source-failed`. What Vault says is not repeated.
 */
export async function askVault(
  vault: VaultClient,
  { source, capability, ...call }: VaultRequest,
): Promise<VaultAnswer | undefined> {
  const answer = await vault.ask(call).catch((error: unknown) => {
    throw unreachable(source, error);
  });
  const { status } = answer;
  if ((status < 200 || status >= 300) && status !== 404) throw refusal(source, call.path, capability, answer);
  const said = jsonMap(answer.text);
  if (said !== undefined) return said;
  if (status === 404) return undefined;
  throw notVault(source);
}

export function notVault(source: string): ConfigError {
  const recovery = 'Check what answers at its address, and that the engine of that mount is the right one.';
  return unusable(source, 'it is not one of Vault', recovery);
}

function refusal(source: string, path: string, capability: string, { status, headers }: HttpAnswer): Error {
  const why = `it answers with status ${String(status)}`;
  if (status === 401 || status === 403) {
    return new SourceUnreachable({
      source,
      why: `the token is not valid, or may not ${capability} ${path} (status ${String(status)})`,
      refused: true,
      recovery: `Check that the token has not expired, and that a policy has: path "${path}" { capabilities = ["${capability}"] }.`,
    });
  }
  if (status === 503) return new SourceUnreachable({ source, why: 'it is sealed or in maintenance (status 503)' });
  if (status >= 300 && status < 400) {
    return sourceFailed(
      `${source} answers with a redirection (status ${String(status)}), which is not followed.`,
      'Give the address of the active node, or of a load balancer in front of it.',
    );
  }
  // 412: a replica that does not have the state yet. 472 and 473: a standby that answers nothing else.
  if ([408, 412, 429, 472, 473].includes(status) || status >= 500) {
    return new SourceUnreachable({ source, why, retryAfter: retryAfter(headers, systemClock.now()) });
  }
  if (status === 410) return nothingThere(source, 'it is gone (status 410)');
  const recovery = 'Check its options: the mount, the path and the namespace.';
  return sourceFailed(`${source} does not understand the request: ${why}.`, recovery);
}
