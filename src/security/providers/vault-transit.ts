import { option, type OptionKinds, readOptions } from '../../core/index.js';
import { VAULT_OPTIONS, VaultClient, type VaultOptions, vaultPath } from './vault-client.js';
import type { KeyContext, KeyProvider } from '../keyring/index.js';
import { contextBytes, moved, AnswerFailure, serviceProvider } from './service-provider.js';
import { textOf, vaultData, vaultFailure } from './vault-answer.js';

export type { Credential as VaultToken, HttpTls as VaultTls } from '../../http/index.js';

/** How Vault is reached, and its transit engine. */
export interface VaultConnectionOptions extends VaultOptions {
  /** Where the transit engine is mounted. Default: `transit`. */
  readonly mount?: string;
  /** How long one request may take, in milliseconds. Default: 10,000. */
  readonly timeout?: number;
  /** Aborts every request, when the program ends. Default: none. */
  readonly signal?: AbortSignal;
}

/** What {@link vaultTransit} needs. */
export interface VaultTransitOptions extends VaultConnectionOptions {
  /** The name of the transit key. */
  readonly key: string;
  /**
   * What binds the context: `associated-data` for a usual AEAD key (Vault 1.9 or later), `context` for a key made with
   * `derived=true`, of which Vault derives one for each context. Default: `associated-data`.
   */
  readonly binding?: 'associated-data' | 'context';
  /** Written beside the wrapped keys, to find the provider again. Default: `vault-transit`. */
  readonly id?: string;
}

const OPTIONS = {
  ...VAULT_OPTIONS,
  mount: option.or(option.text, 'transit'),
  timeout: option.or(
    option.kind(
      'a whole number of milliseconds, at least 1',
      (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 2 ** 31 - 1,
    ),
    10_000,
  ),
  signal: option.signal,
  key: option.required(
    option.kind('the name of a transit key', (value) => typeof value === 'string' && /^\w(?:[\w.-]*\w)?$/.test(value)),
  ),
  binding: option.oneOf('associated-data', 'context'),
  id: option.name,
} satisfies OptionKinds<VaultTransitOptions>;

/** More than any answer of transit about one key; a longer one comes from somebody else. */
const MOST_BYTES = 1024 * 1024;

/**
 * Keeps keys wrapped under a key of the transit engine of Vault or OpenBao, over HTTP. The context, as JSON with sorted
 * keys, is associated data or derives the key, as `binding` says. Wrapped keys are the texts that Vault makes: `vault:v1:…`.
 * With `associated-data` new keys are made here, and wrapped anew through here, because Vault's own calls for that take
 * none. A policy needs `update` on `encrypt/<key>` and `decrypt/<key>`; with `context` also `datakey/plaintext/<key>`,
 * `rewrap/<key>` and `read` on `keys/<key>`, which is asked whether it is derived. No key is made or opened twice, and no
 * redirection is followed. Subpath: `uno-config/keys/vault`.
 *
 * Its methods reject with a ConfigError `key-provider-unavailable`, `key-provider-refused` or `wrapped-key-mismatch`.
 *
 * @throws TypeError naming the option.
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { vaultTransit } from 'uno-config/keys/vault';
 *
 * const provider = vaultTransit({
 *   address: 'https://vault.internal:8200',
 *   key: 'orders',
 *   token: async () => (await readFile('/vault/secrets/token', 'utf8')).trim(),
 * });
 * ```
 */
export function vaultTransit(options: VaultTransitOptions): KeyProvider {
  const read = readOptions<VaultTransitOptions, typeof OPTIONS>('vaultTransit', options, OPTIONS);
  const { key: name, binding = 'associated-data', id = 'vault-transit', timeout, signal } = read;
  const mount = vaultPath('vaultTransit: mount', read.mount);
  const limits = { connect: timeout, headers: timeout, idle: timeout, total: timeout, bytes: MOST_BYTES };
  const vault = new VaultClient('vaultTransit', options, limits);
  const askTransit = async (path: string, body?: object): Promise<Readonly<Record<string, unknown>>> =>
    vaultData(await vault.ask({ path: `${mount}/${path}`, body, signal }));
  const derives = binding === 'context';
  const bound = (context: KeyContext): Readonly<Record<string, string>> => ({
    [derives ? 'context' : 'associated_data']: contextBytes(context).toString('base64'),
  });
  let isDerived = !derives;
  /** With a key that is not derived Vault takes any context, and binds nothing. */
  const checkDerived = async (): Promise<void> => {
    if (isDerived) return;
    if ((await askTransit(`keys/${name}`))['derived'] !== true) {
      throw new AnswerFailure({ kind: 'refused', why: 'the key is not derived, so it binds no context' });
    }
    isDerived = true;
  };
  const ask = async (
    call: string,
    body: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>>> => {
    await checkDerived();
    return askTransit(`${call}/${name}`, body);
  };
  return serviceProvider({
    id,
    failureOf: vaultFailure,
    wrap: async (key, context) => {
      const plaintext = Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('base64');
      return Buffer.from(textOf(await ask('encrypt', { plaintext, ...bound(context) }), 'ciphertext'));
    },
    unwrap: async (wrapped, context) => keyIn(await ask('decrypt', { ciphertext: textIn(wrapped), ...bound(context) })),
    // Vault's own calls for these take no associated data.
    ...(derives && {
      makeKey: async (context: KeyContext) => {
        const answer = await ask('datakey/plaintext', { bits: 256, ...bound(context) });
        return { wrapped: Buffer.from(textOf(answer, 'ciphertext')), plaintext: keyIn(answer) };
      },
      wrapAnew: async (wrapped: Uint8Array, context: KeyContext) => {
        const answer = await ask('rewrap', { ciphertext: textIn(wrapped), ...bound(context) });
        return Buffer.from(textOf(answer, 'ciphertext'));
      },
    }),
    describe: async () => {
      const { type, latest_version: version } = await askTransit(`keys/${name}`);
      const details = {
        binding,
        ...(typeof type === 'string' && { type }),
        ...(typeof version === 'number' && { version: String(version) }),
      };
      return { kind: 'vault-transit', key: name, details };
    },
  });
}

function keyIn(answer: Readonly<Record<string, unknown>>): Buffer {
  return moved(Buffer.from(textOf(answer, 'plaintext'), 'base64'));
}

/** Vault's ciphertexts are texts; what is none of them is not sent. */
function textIn(wrapped: Uint8Array): string {
  const text = Buffer.from(wrapped).toString('latin1');
  if (/^vault:v\d+:[\w+/=]+$/.test(text)) return text;
  throw new AnswerFailure({ kind: 'not-unwrapped', why: '' });
}
