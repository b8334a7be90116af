import { MAX_DEPTH } from '../../core/index.js';
import { CoercionFailure, refusal } from './coercion-failure.js';

/**
 * The value of a JSON string, `undefined` (which JSON cannot express) when it is malformed, or the CoercionFailure of what
 * `JSON.parse` takes in silence and a JSON file may not hold either: a key that is written twice, half a surrogate pair.
 * An integer too large for a number becomes a `bigint` with all its digits, as it does in a file.
 */
export function parseJsonText(text: string): unknown {
  try {
    JSON.parse(text);
  } catch {
    // The parser's message quotes the string, which may be a secret, so it is not passed on.
    return undefined;
  }
  return readValue({ text, at: 0 }, 0);
}

/** Valid JSON, and how far it has been read. */
interface Reading {
  readonly text: string;
  at: number;
}

const TOKEN = /\s*([{}[\],:]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s{}[\],:"]+)/y;

function nextToken(reading: Reading): string {
  TOKEN.lastIndex = reading.at;
  const [whole = '', token = ''] = TOKEN.exec(reading.text) ?? [];
  reading.at += whole.length;
  return token;
}

function readValue(reading: Reading, depth: number, token = nextToken(reading)): unknown {
  if (token === '{') return depth === MAX_DEPTH ? tooDeep({}) : readMap(reading, depth + 1);
  if (token === '[') return depth === MAX_DEPTH ? tooDeep([]) : readList(reading, depth + 1);
  const value: unknown = JSON.parse(token);
  if (typeof value === 'string') return token.includes('\\u') && /\p{Surrogate}/u.test(value) ? torn(value) : value;
  return /^-?\d+$/.test(token) && token.length <= MAX_DIGITS && !Number.isSafeInteger(value) ? BigInt(token) : value;
}

/** As many as in a file; above, such a number is infinite, which is refused wherever it ends up. */
const MAX_DIGITS = 1_000;

// The first failure ends the reading.
function readMap(reading: Reading, depth: number): unknown {
  const map = new Map<string, unknown>();
  for (let token = nextToken(reading); token !== '}'; token = nextToken(reading)) {
    if (token === ',') continue;
    const key = readValue(reading, depth, token);
    if (typeof key !== 'string') return key;
    if (map.has(key)) return writtenTwice(key).under(key);
    nextToken(reading);
    const value = readValue(reading, depth);
    if (value instanceof CoercionFailure) return value.under(key);
    map.set(key, value);
  }
  // Unlike an assignment this makes a key of `__proto__`, which is then refused as one.
  return Object.fromEntries(map);
}

function readList(reading: Reading, depth: number): unknown {
  const items: unknown[] = [];
  for (let token = nextToken(reading); token !== ']'; token = nextToken(reading)) {
    if (token === ',') continue;
    const item = readValue(reading, depth, token);
    if (item instanceof CoercionFailure) return item.under(String(items.length));
    items.push(item);
  }
  return items;
}

const tooDeep = refusal('too-deep', `at most ${String(MAX_DEPTH)} levels deep`, 'make the structure flatter');

const writtenTwice = refusal('duplicate-key', 'a key that is written once in its map', 'keep one of them');

const torn = refusal('invalid-text', 'text without half of a surrogate pair', 'write both halves of the escape');
