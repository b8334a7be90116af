import type { ConfigIssue } from '../../core/index.js';
import { fromBase64url, isKeyId } from '../cipher/index.js';
import { checkEntries } from './check-entries.js';
import type { KeyState, KeyUse } from './key-description.js';
import { KEY_STATES } from './key-description.js';
import type { KeyEntry, KeyMaterial } from './key-entry.js';
import { EntryReader } from './entry-reader.js';
import { readWrapped } from './parse-wrapped.js';

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
