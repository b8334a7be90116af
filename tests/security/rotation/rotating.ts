import { Keyset, KeysetDocument, scopeHash } from '../../../src/keys.js';
import { generateKeyset, rotateKey } from '../keysets.js';

export const cfg = scopeHash({ app: 'orders', path: 'mail.password' });

const first = generateKeyset('orders');
/** Before the rotation: `orders/1` encrypts, `orders/2` seals. */
export const before = Keyset.of(first);
const rotatedDocument = rotateKey(rotateKey(first, 'encrypt'), 'seal');
/** After it: `orders/3` encrypts, `orders/4` seals. */
export const after = Keyset.of(KeysetDocument.parse(rotatedDocument.toText()));

/** A value under the old key. */
export function encrypted(text: string): string {
  return before.encrypt(Buffer.from(text), cfg);
}

/** What a token holds, or nothing when it does not open. */
export function opened(token: string, keyset = after): string {
  return keyset.open(token, [cfg]).bytes.toString('utf8');
}

const TOKEN = /\{jwe\}[\w.-]*/g;

/** The tokens of a text. */
export function tokensIn(text: string): readonly string[] {
  return text.match(TOKEN) ?? [];
}

/** A text with a word in place of every token. */
export function withoutTokens(text: string): string {
  return text.replaceAll(TOKEN, '<token>');
}
