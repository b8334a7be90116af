import { ConfigError } from '../../core/index.js';
import type { KeyEntry, KeyMaterial, ProviderMaterial } from './key-entry.js';
import { opens } from './key-description.js';
import { keyNotUnwrapped } from './key-errors.js';
import type { KeyContext, KeyProvider } from './key-provider.js';
import type { Passphrase } from './passphrase.js';
import { PassphraseKeys, unwrapUnder } from './passphrase.js';

/** What wrapped keys are unwrapped with. */
export interface UnwrapOptions {
  /** Of the keys that are wrapped under one. */
  readonly passphrase?: Passphrase;
  /** Of the keys that are wrapped by one; each is found by its `id`. */
  readonly providers?: readonly KeyProvider[];
  /** Ends the waiting for a provider. */
  readonly signal?: AbortSignal;
}

const KEY_BYTES = 32;

/** Unwraps what needs to be unwrapped, by key id. `all` includes keys that are disabled. */
export async function unwrapEntries(
  keyset: string,
  entries: readonly KeyEntry[],
  { passphrase, providers = [], signal }: UnwrapOptions,
  all = false,
): Promise<ReadonlyMap<string, Buffer>> {
  const passphrases = passphrase === undefined ? undefined : new PassphraseKeys(passphrase);
  const unwrapped = new Map<string, Buffer>();
  try {
    // One after the other: a derivation takes a lot of memory, and services count requests.
    for (const entry of entries) {
      const { kid, material, state } = entry;
      if (material === undefined || material.kind === 'plain' || !(all || opens(state))) continue;
      signal?.throwIfAborted();
      unwrapped.set(kid, await unwrapEntry(entry, material));
    }
    return unwrapped;
  } catch (error) {
    for (const bytes of unwrapped.values()) bytes.fill(0);
    throw error;
  } finally {
    await passphrases?.forget();
  }

  async function unwrapEntry(entry: KeyEntry, material: Exclude<KeyMaterial, { kind: 'plain' }>): Promise<Buffer> {
    if (material.kind === 'provider') return unwrapByProvider(keyset, entry, material, providers);
    if (passphrases === undefined)
      throw keyNotUnwrapped(entry.kid, 'it is wrapped under a passphrase, and none was given');
    const bytes = unwrapUnder(await passphrases.keyOf(material), material, entry);
    if (bytes === undefined)
      throw keyNotUnwrapped(entry.kid, 'the passphrase is not the one that it was wrapped under');
    return bytes;
  }
}

async function unwrapByProvider(
  keyset: string,
  entry: KeyEntry,
  material: ProviderMaterial,
  providers: readonly KeyProvider[],
): Promise<Buffer> {
  const { kid } = entry;
  const provider = providers.find(({ id }) => id === material.provider);
  if (provider === undefined) throw keyNotUnwrapped(kid, `the key provider ${material.provider} was not given`);
  let bytes: Buffer;
  try {
    bytes = await provider.unwrapKey(
      Buffer.from(material.wrapped, 'base64'),
      contextOf(keyset, entry, material.context),
    );
  } catch (error) {
    // Our own providers say what went wrong in words of ours, and whether it is worth another try.
    if (ConfigError.is(error)) throw error;
    // A service's own words may hold anything; they are its log's business.
    throw keyNotUnwrapped(kid, `the key provider ${material.provider} refused, or could not be reached`);
  }
  if (bytes.length !== KEY_BYTES) {
    bytes.fill(0);
    throw keyNotUnwrapped(kid, `the key provider ${material.provider} gave something that is no key of 32 bytes`);
  }
  return bytes;
}

/** What a provider binds a key to: its name and use, and what the document adds. */
export function contextOf(
  keyset: string,
  { kid, use }: Pick<KeyEntry, 'kid' | 'use'>,
  more: KeyContext = {},
): KeyContext {
  return Object.freeze({ ...more, keyset, kid, use });
}
