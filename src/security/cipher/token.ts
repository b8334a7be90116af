import { TOKEN_PREFIX } from '../../core/index.js';
import { fromBase64url, readHeader, type TokenHeader } from './header.js';

/** Bytes of the largest value that is encrypted: 16 MiB. */
export const LARGEST_PLAINTEXT = 16 * 1024 * 1024;
/** Four characters for three bytes, and plenty for the rest. */
const LONGEST_TOKEN = Math.ceil(LARGEST_PLAINTEXT / 3) * 4 + 4096;

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface Token {
  readonly header: TokenHeader;
  /** The header as written in the token: what is authenticated along. */
  readonly encodedHeader: string;
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/**
 * True for a text that says it is an encrypted value, whether or not it can be opened. Subpath: `uno-config/keys`.
 *
 * @example
 * ```ts
 * const stored = 'postgres://db';
 * if (!isToken(stored)) report('This value is still plain text.');
 * ```
 */
export function isToken(text: string): boolean {
  return text.startsWith(TOKEN_PREFIX);
}

/** The header of a token, undefined unless the whole text is shaped like a token of ours. */
export function readToken(text: string): Token | undefined {
  if (!isToken(text) || text.length > LONGEST_TOKEN) return undefined;
  const parts = fiveParts(text);
  // The encrypted key is empty: the key is one of ours, or agreed on, and never comes along.
  if (parts?.[1] !== '') return undefined;
  const header = readHeader(parts[0]);
  if (header === undefined) return undefined;
  const nonce = fromBase64url(parts[2]);
  const tag = fromBase64url(parts[4]);
  if (nonce?.length !== NONCE_BYTES || tag?.length !== TAG_BYTES) return undefined;
  const ciphertext = fromBase64url(parts[3]);
  return ciphertext && { header, encodedHeader: parts[0], nonce, ciphertext, tag };
}

type FiveParts = readonly [string, string, string, string, string];

/** Looks for dots one after the other: a text of nothing but dots must not become a list of millions. */
function fiveParts(text: string): FiveParts | undefined {
  const first = text.indexOf('.');
  const second = text.indexOf('.', first + 1);
  const third = text.indexOf('.', second + 1);
  const fourth = text.indexOf('.', third + 1);
  const rising = first > 0 && first < second && second < third && third < fourth;
  if (!rising || text.includes('.', fourth + 1)) return undefined;
  return [
    text.slice(TOKEN_PREFIX.length, first),
    text.slice(first + 1, second),
    text.slice(second + 1, third),
    text.slice(third + 1, fourth),
    text.slice(fourth + 1),
  ];
}

export function writeToken({ encodedHeader, nonce, ciphertext, tag }: Omit<Token, 'header'>): string {
  const parts = [nonce, ciphertext, tag].map((part) => part.toString('base64url'));
  return `${TOKEN_PREFIX}${encodedHeader}..${parts.join('.')}`;
}
