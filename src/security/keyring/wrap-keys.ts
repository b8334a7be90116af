import { ConfigError, option, OptionMistake, type OptionKinds, readOptions } from '../../core/index.js';
import type { KeyEntry, KeyMaterial, ScryptParameters } from './key-entry.js';
import type { KeyProvider } from './key-provider.js';
import { PROVIDER, UNWRAP_OPTIONS } from './keyring.js';
import { secretBytes } from './held-key.js';
import { keyNotUnwrapped } from './key-errors.js';
import type { KeysetDocument } from './keyset-document.js';
import { documentOf, entriesOf } from './keyset-document.js';
import type { Passphrase, ScryptCost } from './passphrase.js';
import { freshParameters, PassphraseKeys, unwrapUnder, wrapUnder } from './passphrase.js';
import type { UnwrapOptions } from './unwrap-entries.js';
import { contextOf, unwrapEntries } from './unwrap-entries.js';

/** What keys are wrapped with: a passphrase, or a provider. */
export type WrapOptions =
  { readonly passphrase: Passphrase; readonly cost?: ScryptCost } | { readonly provider: KeyProvider };

/** freshParameters says what they must be together. */
const COST = { N: option.anything, r: option.anything, p: option.anything } satisfies OptionKinds<ScryptCost>;

interface AnyWrapOptions {
  readonly passphrase?: Passphrase;
  readonly cost?: ScryptCost;
  readonly provider?: KeyProvider;
}

const WRAP_OPTIONS = {
  passphrase: UNWRAP_OPTIONS.passphrase,
  cost: option.options<ScryptCost, typeof COST>(COST),
  provider: PROVIDER,
} satisfies OptionKinds<AnyWrapOptions>;

/**
 * The keyset with every key wrapped that is not wrapped yet, so that its file alone opens nothing. Throws a `ConfigError`
 * with code `key-not-wrapped` when the provider refuses, `key-not-unwrapped` when other keys of it are wrapped under
 * another passphrase. A cost is for a document without wrapped keys; one that has some keeps theirs. Subpath: `uno-config/keys`.
 *
 * @example
 * ```ts
 * const wrapped = await wrapKeys(generateKeyset('orders'), { passphrase: 'correct horse battery staple' });
 * ```
 */
export async function wrapKeys(document: KeysetDocument, options: WrapOptions): Promise<KeysetDocument> {
  const { provider } = readOptions<AnyWrapOptions, typeof WRAP_OPTIONS>('wrapKeys', options, WRAP_OPTIONS);
  if ((provider === undefined) === !('passphrase' in options))
    throw new OptionMistake('wrapKeys: passphrase or provider must be given, and not both.');
  const entries = entriesOf(document);
  if ('provider' in options) {
    return changed(document, (entry, secret) => wrapByProvider(document.name, entry, secret, options.provider));
  }
  const passphrases = new PassphraseKeys(options.passphrase);
  try {
    const parameters = await parametersFor(entries, passphrases, options.cost);
    const key = await passphrases.keyOf(parameters);
    return await changed(document, (entry, secret) => Promise.resolve(wrapUnder(key, parameters, entry, secret)));
  } finally {
    await passphrases.forget();
  }
}

/** The id of a key provider that has wrapped keys of a document, or `undefined` for a passphrase. */
export type Wrapping = string | undefined;

export function wrappingsOf(document: KeysetDocument): ReadonlySet<Wrapping> {
  const materials = entriesOf(document).map(({ material }) => material);
  return new Set(
    materials.flatMap((material) => {
      if (material === undefined || material.kind === 'plain') return [];
      return [material.kind === 'provider' ? material.provider : undefined];
    }),
  );
}

/**
 * A keyset that keys were added to, with each of them wrapped as the primary key of its use was before. Throws a
 * `ConfigError` with code `key-not-unwrapped` without that passphrase or provider, and as {@link wrapKeys} does.
 */
export async function wrapAsBefore(
  document: KeysetDocument,
  before: KeysetDocument,
  { passphrase, providers = [] }: UnwrapOptions,
): Promise<KeysetDocument> {
  const old = entriesOf(before);
  const passphrases = passphrase === undefined ? undefined : new PassphraseKeys(passphrase);
  try {
    return await changed(document, async (entry, secret) => {
      const wrapping = old.some(({ kid }) => kid === entry.kid) ? undefined : primaryMaterial(old, entry.use);
      if (wrapping === undefined || wrapping.kind === 'plain') return undefined;
      if (wrapping.kind === 'passphrase') {
        if (passphrases === undefined) throw keyNotUnwrapped(entry.kid, 'no passphrase was given to wrap it under');
        return wrapUnder(await passphrases.keyOf(wrapping), wrapping, entry, secret);
      }
      const provider = providers.find(({ id }) => id === wrapping.provider);
      if (provider === undefined)
        throw keyNotUnwrapped(entry.kid, `the key provider ${wrapping.provider} was not given to wrap it with`);
      return wrapByProvider(document.name, entry, secret, provider);
    });
  } finally {
    await passphrases?.forget();
  }
}

function primaryMaterial(entries: readonly KeyEntry[], use: KeyEntry['use']): KeyMaterial | undefined {
  return entries.find((entry) => entry.use === use && entry.state === 'primary')?.material;
}

/**
 * The keyset with every key as it is, for a change of what wraps it. Throws a `ConfigError` with code
 * `key-not-unwrapped`. Subpath: `uno-config/keys`.
 *
 * @example
 * ```ts
 * const old = KeysetDocument.parse(body);
 * const plain = await unwrapKeys(old, { passphrase: 'correct horse battery staple' });
 * ```
 */
export async function unwrapKeys(document: KeysetDocument, options: UnwrapOptions): Promise<KeysetDocument> {
  readOptions('unwrapKeys', options, UNWRAP_OPTIONS);
  const entries = entriesOf(document);
  const unwrapped = await unwrapEntries(document.name, entries, options, true);
  const plain = entries.map((entry): KeyEntry => {
    const secret = unwrapped.get(entry.kid);
    if (secret === undefined) return entry;
    const material: KeyMaterial = { kind: 'plain', secret: secret.toString('base64url') };
    secret.fill(0);
    return { ...entry, material };
  });
  return documentOf(document.name, plain);
}

/**
 * The keyset with every key that the provider wrapped wrapped under the newest version of the wrapping key. Throws a
 * `ConfigError` with code `key-not-wrapped` when the provider refuses. Subpath: `uno-config/keys`.
 *
 * @example
 * ```ts
 * const provider = localKeyProvider({ variable: 'UNO_MASTER_KEY' });
 * const rewrapped = await rewrapKeys(KeysetDocument.parse(body), provider);
 * ```
 */
export async function rewrapKeys(document: KeysetDocument, provider: KeyProvider): Promise<KeysetDocument> {
  const entries: KeyEntry[] = [];
  for (const entry of entriesOf(document)) {
    const { material } = entry;
    if (material?.kind !== 'provider' || material.provider !== provider.id) {
      entries.push(entry);
      continue;
    }
    const context = contextOf(document.name, entry, material.context);
    const wrapped = await asked(entry.kid, provider, () =>
      provider.rewrap(Buffer.from(material.wrapped, 'base64'), context),
    );
    entries.push({ ...entry, material: { ...material, wrapped: wrapped.toString('base64') } });
  }
  return documentOf(document.name, entries);
}

/** The document with every key that is not wrapped handed through `wrap`, which may leave it as it is. */
async function changed(
  document: KeysetDocument,
  wrap: (entry: KeyEntry, secret: Buffer) => Promise<KeyMaterial | undefined>,
): Promise<KeysetDocument> {
  const entries: KeyEntry[] = [];
  for (const entry of entriesOf(document)) {
    if (entry.material?.kind !== 'plain') {
      entries.push(entry);
      continue;
    }
    const secret = secretBytes(entry.material.secret);
    try {
      const material = await wrap(entry, secret);
      entries.push(material === undefined ? entry : { ...entry, material });
    } finally {
      secret.fill(0);
    }
  }
  return documentOf(document.name, entries);
}

async function wrapByProvider(
  keyset: string,
  entry: KeyEntry,
  secret: Buffer,
  provider: KeyProvider,
): Promise<KeyMaterial> {
  const wrapped = await asked(entry.kid, provider, () => provider.wrapKey(secret, contextOf(keyset, entry)));
  return { kind: 'provider', provider: provider.id, wrapped: wrapped.toString('base64') };
}

async function asked(kid: string, provider: KeyProvider, ask: () => Promise<Buffer>): Promise<Buffer> {
  try {
    return await ask();
  } catch (error) {
    if (ConfigError.is(error)) throw error;
    // A service's own words may hold anything; they are its log's business.
    throw new ConfigError({
      code: 'key-not-wrapped',
      message: `The key ${kid} could not be wrapped: the key provider ${provider.id} refused, or could not be reached.`,
      recovery: 'Nothing has been changed. Check that it is up and lets this program use the wrapping key.',
    });
  }
}

/** With the salt that is there already, so that a document costs one derivation however often its keys are rotated. */
async function parametersFor(
  entries: readonly KeyEntry[],
  passphrases: PassphraseKeys,
  cost: ScryptCost | undefined,
): Promise<ScryptParameters> {
  for (const entry of entries) {
    const { kid, material } = entry;
    if (material?.kind !== 'passphrase') continue;
    // One document under two passphrases could not be opened with either.
    const secret = unwrapUnder(await passphrases.keyOf(material), material, entry);
    if (secret === undefined) throw keyNotUnwrapped(kid, 'the passphrase is not the one that it was wrapped under');
    secret.fill(0);
    return material;
  }
  return freshParameters(cost);
}
