import type { DataKey, KeyContext, KeyProvider, KeyProviderDescription } from '../keyring/index.js';
import { ConfigError } from '../../core/index.js';
import { clientError } from '../../http/index.js';

export interface KeyService {
  readonly id: string;
  readonly failureOf: (error: unknown) => Failure;
  wrap(key: Uint8Array, context: KeyContext): Promise<Buffer>;
  unwrap(wrapped: Uint8Array, context: KeyContext): Promise<Buffer>;
  describe(): Promise<KeyProviderDescription>;
  /** For a service that makes keys; otherwise they are made here, and wrapped there. */
  readonly makeKey?: (context: KeyContext) => Promise<DataKey>;
  /** For a service that wraps anew without showing the key; otherwise it comes through here. */
  readonly wrapAnew?: (wrapped: Uint8Array, context: KeyContext) => Promise<Buffer>;
}

export function serviceProvider(service: KeyService): KeyProvider {
  const { id, failureOf } = service;
  const work = <R>(what: KeyWork, run: () => Promise<R>): Promise<R> => keyWork(id, what, failureOf, run);
  const makeKey = async (context: KeyContext): Promise<DataKey> => {
    const plaintext = newKey();
    try {
      return { wrapped: await service.wrap(plaintext, context), plaintext };
    } catch (error) {
      plaintext.fill(0);
      throw error;
    }
  };
  const wrapAnew = async (wrapped: Uint8Array, context: KeyContext): Promise<Buffer> => {
    const key = await service.unwrap(wrapped, context);
    return service.wrap(key, context).finally(() => key.fill(0));
  };
  return Object.freeze({
    id,
    generateDataKey: (context: KeyContext) => work('make a key', () => (service.makeKey ?? makeKey)(context)),
    wrapKey: (key: Uint8Array, context: KeyContext) => work('wrap a key', () => service.wrap(key, context)),
    unwrapKey: (wrapped: Uint8Array, context: KeyContext) =>
      work('unwrap a key', () => service.unwrap(wrapped, context)),
    rewrap: (wrapped: Uint8Array, context: KeyContext) =>
      work('wrap a key again', () => (service.wrapAnew ?? wrapAnew)(wrapped, context)),
    describe: () => work('describe its key', () => service.describe()),
  });
}

export type KeyWork = 'make a key' | 'wrap a key' | 'unwrap a key' | 'wrap a key again' | 'describe its key';

/** Why it was not done: nobody answered, the service said no, or the wrapped key is not what it was asked to be. */
export type FailureKind = 'unavailable' | 'refused' | 'not-unwrapped';

/** A failure as it may be told: `why` is one of our own words or a number, never a text of the service. */
export interface Failure {
  readonly kind: FailureKind;
  readonly why: string;
}

/** Thrown by a provider's own checks of an answer. */
export class AnswerFailure extends Error {
  public constructor(public readonly failure: Failure) {
    super(failure.why);
  }
}

/**
 * Runs one piece of work of a provider. What a client throws is told by `failureOf` and dropped: its message, its cause
 * and its request can hold keys, tokens and what a proxy had to say.
 *
 * @throws ConfigError `key-provider-unavailable`, `key-provider-refused` or `wrapped-key-mismatch`.
 */
async function keyWork<R>(
  id: string,
  work: KeyWork,
  failureOf: (error: unknown) => Failure,
  run: () => Promise<R>,
): Promise<R> {
  try {
    return await run();
  } catch (error) {
    throw told(id, work, error instanceof AnswerFailure ? error.failure : failureOf(error));
  }
}

function told(id: string, work: KeyWork, { kind, why }: Failure): ConfigError {
  // Only what opens a wrapped key can fail to.
  const opens = work === 'unwrap a key' || work === 'wrap a key again';
  if (kind === 'not-unwrapped' && opens) {
    return new ConfigError({
      code: 'wrapped-key-mismatch',
      message: `${id} does not unwrap this key.`,
      recovery: 'It was wrapped under another key or for another context, or it has been changed since.',
    });
  }
  const reason = why === '' ? '.' : `: ${why}.`;
  if (kind === 'unavailable') {
    return new ConfigError({
      code: 'key-provider-unavailable',
      message: `${id} cannot be reached to ${work}${reason}`,
      recovery: 'Check that it runs and can be reached from here. The same call may succeed later.',
    });
  }
  return new ConfigError({
    code: 'key-provider-refused',
    message: `${id} refuses to ${work}${reason}`,
    recovery: 'Check the name and the state of the key, and what the credentials allow.',
  });
}

/** The words that a client's errors carry as `name` or `code`, and what each says. Others are not repeated. */
export type FailureWords = Readonly<Record<FailureKind, readonly string[]>>;

export function clientFailure(error: unknown, words: FailureWords): Failure {
  const { words: said, network, status } = clientError(error);
  const kinds: readonly FailureKind[] = ['not-unwrapped', 'refused', 'unavailable'];
  for (const name of said) {
    const kind = kinds.find((candidate) => words[candidate].includes(name));
    if (kind !== undefined) return { kind, why: name };
  }
  if (network !== undefined) return { kind: 'unavailable', why: network };
  return status === undefined ? { kind: 'unavailable', why: '' } : statusFailure(status);
}

/** What an HTTP status says by itself. */
export function statusFailure(status: number): Failure {
  const passing = status === 408 || status === 412 || status === 429 || status >= 500;
  return { kind: passing ? 'unavailable' : 'refused', why: `status ${String(status)}` };
}

/** Bytes moved into a buffer of their own, outside the shared pool; where they came from is zeroed. */
export function moved(bytes: Uint8Array): Buffer {
  const own = Buffer.alloc(bytes.byteLength);
  own.set(bytes);
  bytes.fill(0);
  return own;
}

export function newKey(): Buffer {
  const { randomFillSync } = process.getBuiltinModule('node:crypto');
  return randomFillSync(Buffer.alloc(32));
}

/**
 * A context as the bytes that a service binds a key to: JSON without blanks, the keys in the order of their UTF-16 units,
 * in UTF-8. Whoever makes the same JSON can unwrap a key by hand, with the service's own tools.
 */
export function contextBytes(context: KeyContext): Buffer {
  const pairs = Object.entries(context)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return Buffer.from(`{${pairs.join(',')}}`, 'utf8');
}
