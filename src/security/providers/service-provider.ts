import type { DataKey, KeyContext, KeyProvider, KeyProviderDescription } from '../keyring/index.js';
import { newKey } from './key-bytes.js';
import { keyWork, type Failure, type KeyWork } from './provider-failure.js';

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
