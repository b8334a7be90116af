import { TOKEN_PREFIX } from '../../core/index.js';
import { LARGEST_PLAINTEXT } from '../cipher/index.js';

export interface TokenPlace {
  readonly start: number;
  /** After its last byte. */
  readonly end: number;
}

const PREFIX = Buffer.from(TOKEN_PREFIX, 'latin1');
/** So many bytes are looked through in one go: well under a millisecond. */
const WINDOW = 512 * 1024;
/** Nothing that is longer can be a value of ours. */
export const LONGEST_TOKEN = LARGEST_PLAINTEXT * 2;

const TOKEN_BYTES = new Uint8Array(256);
for (const byte of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.', 'latin1'))
  TOKEN_BYTES[byte] = 1;

/** Whether a token may hold a byte behind its prefix. */
export function isTokenByte(byte: number | undefined): boolean {
  return byte !== undefined && TOKEN_BYTES[byte] === 1;
}

/**
 * The tokens of a file, whatever its format: none of YAML, JSON, TOML and .env writes a character of a token in another
 * way. Gives `undefined` now and then, where whoever looks may rest.
 */
export function* findTokens(bytes: Buffer): Generator<TokenPlace | undefined, void, undefined> {
  let at = 0;
  while (at < bytes.length) {
    const edge = Math.min(at + WINDOW, bytes.length);
    // Beyond the edge by all but one byte of the prefix: one that begins before the edge is found.
    const found = bytes.subarray(at, edge + PREFIX.length - 1).indexOf(PREFIX);
    if (found === -1) {
      at = edge;
      yield undefined;
      continue;
    }
    const start = at + found;
    at = start + PREFIX.length;
    while (isTokenByte(bytes[at])) {
      at++;
      if ((at - start) % WINDOW === 0) yield undefined;
    }
    yield { start, end: at };
  }
}
