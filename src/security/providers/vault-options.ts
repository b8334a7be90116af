import { option, type OptionKinds, systemClock } from '../../core/index.js';
import { httpAddress, HttpClient, isCredential, type Credential, type HttpTls } from '../../http/index.js';

export type { Credential as VaultToken, HttpTls as VaultTls };

/** How Vault is reached. */
export interface VaultConnectionOptions {
  /** Where Vault listens: `https://vault:8200`. Plain HTTP is for this machine only, an agent's port, say. */
  readonly address: string;
  /** Asked for with every request, or a `SecureValue<string>`. Never the text itself, which logs find. */
  readonly token: Credential;
  /** Where the transit engine is mounted. Default: `transit`. */
  readonly mount?: string;
  /** Of Vault Enterprise or OpenBao: `X-Vault-Namespace`. Default: none. */
  readonly namespace?: string;
  /** How long one request may take, in milliseconds. Default: 10,000. */
  readonly timeout?: number;
  /** Aborts every request, when the program ends. Default: none. */
  readonly signal?: AbortSignal;
  /** A certificate authority of your own, or a certificate for the client. Default: what Node trusts, and none. */
  readonly tls?: HttpTls;
}

/** How they are read; {@link vaultConnection} says what an address and a mount must be. */
export const VAULT_OPTIONS = {
  address: option.required(option.anything),
  token: option.required(option.kind('a function or a SecureValue', isCredential)),
  mount: option.text,
  namespace: option.text,
  timeout: option.kind(
    'a whole number of milliseconds, at least 1',
    (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 2 ** 31 - 1,
  ),
  signal: option.signal,
  tls: option.map,
} satisfies OptionKinds<VaultConnectionOptions>;

export interface VaultConnection {
  readonly client: HttpClient;
  /** The path of the mount: `/v1/transit`. */
  readonly base: string;
  readonly signal: AbortSignal | undefined;
}

/** More than any answer of transit about one key; a longer one comes from somebody else. */
const MOST_BYTES = 1024 * 1024;

/**
 * What the options say, when they have been read.
 *
 * @throws TypeError naming the option; never with a value, which may hold credentials.
 */
export function vaultConnection(maker: string, options: VaultConnectionOptions): VaultConnection {
  const { address, token, mount = 'transit', namespace, timeout = 10_000, signal, tls } = options;
  const url = httpAddress(`${maker}: address`, address, 'https://vault:8200');
  const segments = mount.split('/').filter((segment) => segment !== '');
  if (segments.length === 0 || segments.some((segment) => /^\.+$/.test(segment))) {
    throw new TypeError(`${maker}: mount must be the path of a transit engine.`);
  }
  const path = segments.map(encodeURIComponent).join('/');
  const client = new HttpClient({
    address: url,
    clock: systemClock,
    headers: {
      accept: 'application/json',
      'x-vault-request': 'true',
      ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
    },
    credentials: [{ header: 'x-vault-token', secret: token }],
    limits: { connect: timeout, headers: timeout, idle: timeout, total: timeout, bytes: MOST_BYTES },
    tls,
  });
  return { client, base: `/v1/${path}`, signal };
}
