import type { VaultConnection, VaultFetch, VaultToken } from './vault-request.js';

/** How Vault is reached. */
export interface VaultConnectionOptions {
  /** Where Vault listens: `https://vault:8200`. Plain HTTP is for this machine only, an agent's port, say. */
  readonly address: string;
  readonly token: VaultToken;
  /** Where the transit engine is mounted. Default: `transit`. */
  readonly mount?: string;
  /** Of Vault Enterprise or OpenBao: `X-Vault-Namespace`. Default: none. */
  readonly namespace?: string;
  /** How long one request may take, in milliseconds. Default: 10,000. */
  readonly timeout?: number;
  /** Aborts every request, when the program ends. Default: none. */
  readonly signal?: AbortSignal;
  /** Another `fetch`, for a certificate authority of your own, say. Default: the one of Node. */
  readonly fetch?: VaultFetch;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/**
 * What the options say, checked.
 *
 * @throws TypeError naming the option; never with a value, which may hold credentials.
 */
export function vaultConnection(maker: string, options: VaultConnectionOptions): VaultConnection {
  const { address, token, mount = 'transit', namespace, timeout = 10_000, signal, fetch = globalThis.fetch } = options;
  const url = typeof address === 'string' && URL.canParse(address) ? new URL(address) : undefined;
  const isWeb = url !== undefined && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '';
  if (!isWeb || url.username !== '' || url.password !== '') {
    throw new TypeError(`${maker}: address must be a URL without credentials, such as https://vault:8200.`);
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw new TypeError(`${maker}: address must begin with https:// unless it is on this machine.`);
  }
  // A caller without types may hand in the text itself.
  const given: unknown = token;
  const uses = typeof given === 'object' && given !== null && 'use' in given && typeof given.use === 'function';
  if (typeof given !== 'function' && !uses) throw new TypeError(`${maker}: token must be a function or a SecureValue.`);
  const segments = mount.split('/').filter((segment) => segment !== '');
  if (segments.length === 0 || segments.some((segment) => /^\.+$/.test(segment))) {
    throw new TypeError(`${maker}: mount must be the path of a transit engine.`);
  }
  if (!Number.isInteger(timeout) || timeout < 1 || timeout > 2 ** 31 - 1) {
    throw new TypeError(`${maker}: timeout must be a whole number of milliseconds, at least 1.`);
  }
  const path = segments.map(encodeURIComponent).join('/');
  return {
    base: `${url.origin}${url.pathname.replace(/\/+$/, '')}/v1/${path}`,
    token,
    namespace,
    timeout,
    signal,
    fetch,
  };
}
