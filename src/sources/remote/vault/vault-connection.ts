import {
  ConfigError,
  isConfigMap,
  option,
  OptionMistake,
  type OptionKinds,
  SourceUnreachable,
  systemClock,
} from '../../../core/index.js';
import {
  type Credential,
  httpAddress,
  type HttpAnswer,
  HttpClient,
  type HttpTls,
  isCredential,
  retryAfter,
} from '../../../http/index.js';
import { nothingThere } from '../cloud/index.js';
import { unreachable } from '../http-source.js';

/** How the sources of Vault reach it. */
export interface VaultOptions {
  /** Where Vault listens: `https://vault.internal:8200`. Plain HTTP is for this machine only, an agent's port, say. */
  readonly address: string;
  /** Asked for with every request, or a `SecureValue<string>`. Never the string itself, which logs find. */
  readonly token: Credential;
  /** Of Vault Enterprise or OpenBao: `X-Vault-Namespace`. Default: none. */
  readonly namespace?: string;
  /** A certificate authority of your own, or a certificate for the client. Default: what Node trusts, and none. */
  readonly tls?: HttpTls;
}

export const VAULT_OPTIONS = {
  address: option.required(option.anything),
  token: option.required(option.kind('a function that gives it, or a SecureValue', isCredential)),
  namespace: option.name,
  tls: option.map,
} satisfies OptionKinds<VaultOptions>;

export type VaultAnswer = Readonly<Record<string, unknown>>;

export interface VaultRequest {
  readonly source: string;
  /** Below `/v1/`: the path as a policy writes it. */
  readonly path: string;
  /** The version that is asked for. */
  readonly query?: string | undefined;
  /** What a policy must allow. */
  readonly capability: 'read' | 'update';
  readonly body?: object;
  readonly signal: AbortSignal;
}

const MOST_BYTES = 64 * 1024 * 1024;

export class VaultConnection {
  readonly #client: HttpClient;

  /** @throws TypeError naming the option; never with a value, which may hold credentials. */
  public constructor(maker: string, { address, token, namespace, tls }: VaultOptions) {
    this.#client = new HttpClient({
      address: httpAddress(`${maker}: address`, address, 'https://vault.internal:8200'),
      clock: systemClock,
      headers: {
        accept: 'application/json',
        'x-vault-request': 'true',
        ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
      },
      credentials: [{ header: 'x-vault-token', secret: token }],
      limits: { bytes: MOST_BYTES },
      tls,
    });
  }

  /**
   * The answer to a request of status 2xx or 404: Vault says with 404 that a version has been deleted.
   *
   * @throws SourceUnreachable, ConfigError `source-failed`. What Vault says is not repeated.
   */
  public async ask({ source, path, query, capability, body, signal }: VaultRequest): Promise<VaultAnswer | undefined> {
    const answer = await this.#client
      .ask({
        path: `/v1/${path.split('/').map(encodeURIComponent).join('/')}${query === undefined ? '' : `?version=${query}`}`,
        signal,
        ...(body !== undefined && {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      })
      .catch((error: unknown) => {
        throw unreachable(source, error);
      });
    const { status } = answer;
    if ((status < 200 || status >= 300) && status !== 404) throw refusal(source, path, capability, answer);
    const said = parsed(answer.text);
    if (said !== undefined) return said;
    if (status === 404) return undefined;
    throw notVault(source);
  }

  public close(): void {
    this.#client.close();
  }
}

/**
 * The path of a secret, without slashes around it.
 *
 * @throws TypeError naming the option.
 */
export function vaultPath(where: string, path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '');
  if (segments.length === 0 || segments.some((segment) => /^\.+$/.test(segment))) {
    throw new OptionMistake(`${where} must be a path such as apps/orders, without "." or "..".`);
  }
  return segments.join('/');
}

export function notVault(source: string): ConfigError {
  return new ConfigError({
    code: 'source-failed',
    category: 'source',
    message: `${source} gives no answer that can be used: it is not one of Vault.`,
    recovery: 'Check what answers at its address, and that the engine of that mount is the right one.',
  });
}

function refusal(source: string, path: string, capability: string, { status, headers }: HttpAnswer): Error {
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
    return new ConfigError({
      code: 'source-failed',
      category: 'source',
      message: `${source} answers with a redirection (status ${String(status)}), which is not followed.`,
      recovery: 'Give the address of the active node, or of a load balancer in front of it.',
    });
  }
  // 412: a replica that does not have the state yet. 472 and 473: a standby that answers nothing else.
  if ([408, 412, 429, 472, 473].includes(status) || status >= 500) {
    const wanted = retryAfter(headers, systemClock.now());
    const why = `it answers with status ${String(status)}`;
    return new SourceUnreachable({ source, why, ...(wanted !== undefined && { retryAfter: wanted }) });
  }
  return nothingOf(source, status);
}

function nothingOf(source: string, status: number): ConfigError {
  if (status === 410) return nothingThere(source, 'it is gone (status 410)');
  return new ConfigError({
    code: 'source-failed',
    category: 'source',
    message: `${source} does not understand the request: it answers with status ${String(status)}.`,
    recovery: 'Check its options: the mount, the path and the namespace.',
  });
}

function parsed(text: string): VaultAnswer | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return isConfigMap(answer) ? answer : undefined;
  } catch {
    // A proxy's page, say; the parser would quote it.
    return undefined;
  }
}
