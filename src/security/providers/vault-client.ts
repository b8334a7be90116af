import { option, OptionMistake, systemClock, type OptionKinds } from '../../core/index.js';
import {
  httpAddress,
  HttpClient,
  isCredential,
  type Credential,
  type HttpAnswer,
  type HttpLimits,
  type HttpTls,
} from '../../http/index.js';

/** How Vault or OpenBao is reached. Subpaths: `uno-config/sources/vault`, `uno-config/keys/vault`. */
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

export interface VaultCall {
  /** Below `/v1/`, as a policy writes it. */
  readonly path: string;
  readonly query?: string | undefined;
  /** Sent by POST. */
  readonly body?: object | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Asks Vault; what it says is for the caller to read, and nobody to repeat. */
export class VaultClient {
  readonly #client: HttpClient;

  /** @throws TypeError naming the option; never with a value, which may hold credentials. */
  public constructor(maker: string, { address, token, namespace, tls }: VaultOptions, limits: HttpLimits) {
    this.#client = new HttpClient({
      address: httpAddress(`${maker}: address`, address, 'https://vault.internal:8200'),
      clock: systemClock,
      headers: {
        accept: 'application/json',
        'x-vault-request': 'true',
        ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
      },
      credentials: [{ header: 'x-vault-token', secret: token }],
      limits,
      tls,
    });
  }

  /** @throws HttpFailure when there is no whole answer. */
  public async ask({ path, query, body, signal }: VaultCall): Promise<HttpAnswer> {
    const place = path.split('/').map(encodeURIComponent).join('/');
    return this.#client.ask({
      path: `/v1/${place}${query === undefined ? '' : `?${query}`}`,
      signal,
      ...(body !== undefined && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
  }

  public close(): void {
    this.#client.close();
  }
}

/** The path of a secret or a mount, without slashes around it. Throws TypeError naming the option. */
export function vaultPath(where: string, path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '');
  if (segments.length === 0 || segments.some((segment) => /^\.+$/.test(segment))) {
    throw new OptionMistake(`${where} must be a path such as apps/orders, without "." or "..".`);
  }
  return segments.join('/');
}
