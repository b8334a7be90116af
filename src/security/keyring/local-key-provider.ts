import { mustBe, option, OptionMistake, readOptions, sortOf, type OptionKinds } from '../../core/index.js';
import { decryptGcm, encryptGcm, nodeCrypto } from '../cipher/index.js';
import { isBlank } from './held-key.js';
import type { KeyContext, KeyProvider } from './key-provider.js';
import { readPrivateFile } from './private-file.js';

/** Where {@link localKeyProvider} finds its key: 32 bytes in base64 or base64url. */
export type LocalKeyOptions = {
  /** Written beside every key that it wraps; `local` when absent. */
  readonly id?: string;
} & (
  | {
      /** A file that only its owner can read. */
      readonly file: string;
    }
  | {
      /** An environment variable. */
      readonly variable: string;
      /** `process.env` when absent. */
      readonly env?: Readonly<Record<string, string | undefined>>;
    }
);

/** All of them, wherever the key is. */
interface AnyOptions {
  readonly id?: string;
  readonly file?: string;
  readonly variable?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const OPTIONS = {
  id: option.or(option.name, 'local'),
  file: option.path,
  variable: option.name,
  env: option.variables,
} satisfies OptionKinds<AnyOptions>;

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/**
 * Wraps keys with AES-256-GCM under a key from a file or the environment, for a service without a key management service:
 * the keyset may then be stored where its wrapping key is not. Its methods reject when the key is absent or malformed.
 * Subpath: `uno-config/keys`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * const provider = localKeyProvider({ variable: 'UNO_MASTER_KEY' });
 * const wrapped = await wrapKeys(generateKeyset('orders'), { provider });
 * ```
 */
export function localKeyProvider(options: LocalKeyOptions): KeyProvider {
  const { id, file, variable, env } = readOptions<AnyOptions, typeof OPTIONS>('localKeyProvider', options, OPTIONS);
  if (file !== undefined && variable !== undefined)
    throw new OptionMistake('localKeyProvider: variable goes without a file: name one of them.');
  const where = placeOf(file ?? variable);

  async function withKey<R>(use: (key: Buffer) => R): Promise<R> {
    const content = file === undefined ? variableOf(where, env) : await readPrivateFile(file);
    const key = Buffer.alloc(KEY_BYTES + 1);
    const length = key.write(content.toString('latin1').trim(), 'base64');
    content.fill(0);
    try {
      if (length !== KEY_BYTES) throw new TypeError(`${where} must hold 32 bytes in base64.`);
      if (isBlank(key.subarray(0, KEY_BYTES)))
        throw new TypeError(`${where} holds no key: all its bytes are the same.`);
      return use(key.subarray(0, KEY_BYTES));
    } finally {
      key.fill(0);
    }
  }

  const wrapKey = (secret: Uint8Array, context: KeyContext): Promise<Buffer> =>
    withKey((key) => wrap(key, secret, context));
  const unwrapKey = (wrapped: Uint8Array, context: KeyContext): Promise<Buffer> =>
    withKey((key) => unwrap(key, wrapped, context));

  return Object.freeze({
    id,
    wrapKey,
    unwrapKey,
    generateDataKey: async (context: KeyContext) => {
      const plaintext = nodeCrypto().randomFillSync(Buffer.alloc(KEY_BYTES));
      return { plaintext, wrapped: await wrapKey(plaintext, context) };
    },
    rewrap: async (wrapped: Uint8Array, context: KeyContext) => {
      const secret = await unwrapKey(wrapped, context);
      try {
        return await wrapKey(secret, context);
      } finally {
        secret.fill(0);
      }
    },
    describe: () => Promise.resolve({ kind: 'local', key: where }),
  });
}

function placeOf(given: string | undefined): string {
  if (given !== undefined) return given;
  throw mustBe('localKeyProvider: file', 'a file, or variable a variable', sortOf(given));
}

function variableOf(variable: string, env: NonNullable<AnyOptions['env']> = process.env): Buffer {
  const text = env[variable];
  if (text === undefined || text === '') throw new TypeError(`${variable} is not set.`);
  return Buffer.from(text, 'latin1');
}

function wrap(key: Buffer, secret: Uint8Array, context: KeyContext): Buffer {
  const { nonce, ciphertext, tag } = encryptGcm(key, secret, canonical(context));
  return Buffer.concat([Uint8Array.of(VERSION), nonce, ciphertext, tag]);
}

function unwrap(key: Buffer, wrapped: Uint8Array, context: KeyContext): Buffer {
  const bytes = Buffer.from(wrapped);
  if (bytes[0] !== VERSION || bytes.length < 1 + NONCE_BYTES + TAG_BYTES)
    throw new TypeError('No key that was wrapped here.');
  const parts = {
    nonce: bytes.subarray(1, 1 + NONCE_BYTES),
    ciphertext: bytes.subarray(1 + NONCE_BYTES, -TAG_BYTES),
    tag: bytes.subarray(-TAG_BYTES),
  };
  const secret = decryptGcm(key, parts, canonical(context));
  if (secret === undefined) throw new TypeError('Wrapped under another key, or for another context.');
  return secret;
}

/** The same bytes for the same context, in whatever order it was written. */
function canonical(context: KeyContext): Buffer {
  const pairs = Object.entries(context).sort(([one], [other]) => (one < other ? -1 : 1));
  return Buffer.from(JSON.stringify(['uno-config key context', 1, pairs]), 'utf8');
}
