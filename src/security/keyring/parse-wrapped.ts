import type { KeyMaterial, PassphraseMaterial } from './key-entry.js';
import type { KeyContext } from './key-provider.js';
import type { EntryReader } from './entry-reader.js';
import { SCRYPT_LIMITS } from './passphrase.js';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const PROVIDER_ID = /^[\x21-\x7e]{1,200}$/;
/** Characters; the largest known wrapped key of a cloud service has about 700. */
const LONGEST_WRAPPED = 16_384;
const MOST_CONTEXT = 32;

/** The `wrapped` member of a key: by a provider, or under a passphrase. */
export function readWrapped(reader: EntryReader): KeyMaterial {
  const material = reader.has('kdf') ? readPassphrase(reader) : readProvider(reader);
  reader.nothingElse();
  return material;
}

function readProvider(reader: EntryReader): KeyMaterial {
  const provider = reader.text('provider', (text) => PROVIDER_ID.test(text), 'must be the id of a key provider');
  const wrapped = reader.text('key', isWrapped, 'must be base64');
  if (!reader.has('context')) return { kind: 'provider', provider, wrapped };
  const context = reader.value('context');
  if (isContext(context)) return { kind: 'provider', provider, wrapped, context: Object.freeze({ ...context }) };
  reader.wrong('context', `must be an object of at most ${String(MOST_CONTEXT)} texts`);
  return { kind: 'provider', provider, wrapped };
}

/** The bounds are checked here, before anybody derives anything: an absurd cost must not take the machine down. */
function readPassphrase(reader: EntryReader): PassphraseMaterial {
  const { leastCost, mostCost, mostBlockSize, mostLanes, mostMemory } = SCRYPT_LIMITS;
  reader.exactly('kdf', 'scrypt');
  const isCost = (value: number): boolean =>
    value >= leastCost && value <= mostCost && Number.isInteger(Math.log2(value));
  const costRule = `must be a power of two from ${String(leastCost)} to ${String(mostCost)}`;
  const N = reader.integer('N', isCost, costRule);
  const r = reader.integer(
    'r',
    (value) => value >= 1 && value <= mostBlockSize,
    `must be 1 to ${String(mostBlockSize)}`,
  );
  const p = reader.integer('p', (value) => value >= 1 && value <= mostLanes, `must be 1 to ${String(mostLanes)}`);
  if (128 * N * r > mostMemory) reader.wrong('r', 'would take more than 256 MiB of memory together with N');
  const salt = reader.text('salt', (text) => isWrapped(text) && text.length >= 20, 'must be base64, 16 bytes or more');
  const wrapped = reader.text('key', isWrapped, 'must be base64');
  return { kind: 'passphrase', N, r, p, salt, wrapped };
}

function isWrapped(text: string): boolean {
  return text.length > 0 && text.length <= LONGEST_WRAPPED && BASE64.test(text);
}

function isContext(value: unknown): value is KeyContext {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const texts = Object.values(value);
  return texts.length <= MOST_CONTEXT && texts.every((text) => typeof text === 'string');
}
