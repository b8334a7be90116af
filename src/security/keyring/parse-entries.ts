import type { ConfigIssue } from '../../core/index.js';
import { fromBase64url, isKeyId } from '../cipher/index.js';
import { checkEntries, EntryReader } from './entry-reader.js';
import { type KeyState, type KeyUse, KEY_STATES } from './key-description.js';
import type { KeyEntry, KeyMaterial, PassphraseMaterial } from './key-entry.js';
import type { KeyContext } from './key-provider.js';
import { SCRYPT_LIMITS } from './passphrase.js';

export interface ParsedKeyset {
  readonly name: string;
  readonly entries: readonly KeyEntry[];
  readonly issues: readonly ConfigIssue[];
}

/** Bytes of the largest document, and the most keys in one: it is read before anybody knows who wrote it. */
export const LARGEST_KEYSET = 1024 * 1024;
const MOST_KEYS = 1000;
/** Every different salt costs a derivation; documents that we write have one. */
const MOST_DERIVATIONS = 16;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/;

/** True for what may name a keyset: up to 64 letters, digits, dots, hyphens and underscores. */
export function isKeysetName(name: unknown): name is string {
  return typeof name === 'string' && NAME.test(name);
}

/** Reads a keyset document and tells everything that is wrong with it, without quoting it. */
export function parseEntries(content: string | Uint8Array): ParsedKeyset {
  const root = new EntryReader([], parseJson(content));
  const name = root.text('keyset', isKeysetName, 'must be up to 64 letters, digits, dots, hyphens and underscores');
  const keys = root.list('keys', MOST_KEYS);
  root.nothingElse();
  const readers = keys.map((value, index) => new EntryReader(['keys', String(index)], value));
  const entries = readers.map(readEntry);
  if (derivations(entries) > MOST_DERIVATIONS) root.wrong('keys', 'must not need more than 16 derivations of scrypt');
  const issues = [root, ...readers].flatMap((reader) => reader.issues);
  return { name, entries, issues: issues.length > 0 ? issues : checkEntries(entries) };
}

function parseJson(content: string | Uint8Array): unknown {
  if (content.length > LARGEST_KEYSET) return undefined;
  try {
    const text = typeof content === 'string' ? content : new TextDecoder('utf-8', { fatal: true }).decode(content);
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text; that it is not a JSON object is told without it.
    return undefined;
  }
}

function derivations(entries: readonly KeyEntry[]): number {
  const passphrases = entries.flatMap(({ material }) => (material?.kind === 'passphrase' ? material : []));
  return new Set(passphrases.map(({ N, r, p, salt }) => [N, r, p, salt].join(' '))).size;
}

function readEntry(reader: EntryReader): KeyEntry {
  const kty = reader.text('kty', (text) => text === 'oct' || text === 'OKP', 'must be oct or OKP');
  const use: KeyUse = kty === 'OKP' ? 'seal' : 'encrypt';
  if (use === 'seal') reader.exactly('crv', 'X25519').exactly('alg', 'ECDH-ES').optionally('enc', 'A256GCM');
  else reader.exactly('alg', 'dir').exactly('enc', 'A256GCM');
  const kid = reader.text('kid', isKeyId, 'must be up to 128 letters, digits and . _ ~ : / -, the first no sign');
  const state = reader.text('state', isState, `must be one of ${KEY_STATES.join(', ')}`);
  const created = Date.parse(reader.text('created', isTime, 'must be a time such as 2026-03-01T12:00:00Z'));
  const x = use === 'seal' ? reader.text('x', isKey, THIRTY_TWO) : undefined;
  const material = readMaterial(reader, use === 'seal' ? 'd' : 'k');
  if (use === 'encrypt' && material === undefined) reader.wrong('k', 'is missing');
  reader.nothingElse();
  return { kid, use, state, created, ...(x !== undefined && { x }), ...(material && { material }) };
}

const THIRTY_TWO = 'must be 32 bytes in base64url without padding';

function readMaterial(reader: EntryReader, member: 'd' | 'k'): KeyMaterial | undefined {
  const wrapped = reader.has('wrapped') ? readWrapped(reader.inner('wrapped')) : undefined;
  if (!reader.has(member)) return wrapped;
  if (wrapped !== undefined) reader.wrong('wrapped', `must not be beside ${member}`);
  return { kind: 'plain', secret: reader.text(member, isKey, THIRTY_TWO) };
}

function isKey(text: string): boolean {
  const bytes = text.length === 43 ? fromBase64url(text) : undefined;
  bytes?.fill(0);
  return bytes !== undefined;
}

function isState(text: string): text is KeyState {
  return KEY_STATES.some((state) => state === text);
}

function isTime(text: string): boolean {
  return TIME.test(text) && !Number.isNaN(Date.parse(text));
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const PROVIDER_ID = /^[\x21-\x7e]{1,200}$/;
/** Characters; the largest known wrapped key of a cloud service has about 700. */
const LONGEST_WRAPPED = 16_384;
const MOST_CONTEXT = 32;

/** The `wrapped` member of a key: by a provider, or under a passphrase. */
function readWrapped(reader: EntryReader): KeyMaterial {
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
