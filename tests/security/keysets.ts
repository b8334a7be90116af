import type { KeyUse } from '../../src/security/index.js';
import {
  changeKeyset,
  createKeyset,
  generateKeyset as generate,
  Keyset,
  KeysetDocument,
  rotateKey as rotate,
  scopeHash,
} from '../../src/security/index.js';

/** The scope most tests encrypt for, and its hash. */
export const scope = { app: 'orders', environment: 'production', path: 'database.password' } as const;
export const cfg = scopeHash(scope);

/** A keyset document as the text it is, to be changed and read again. */
export interface KeysetJson {
  keyset: string;
  keys: Record<string, unknown>[];
}

export function jsonOf(document: KeysetDocument): KeysetJson {
  // toText writes exactly this.
  return JSON.parse(document.toText()) as KeysetJson;
}

/** A keyset of keys for the one use or both, and the same keys as JSON Web Keys. */
export function newKeyset(...uses: readonly KeyUse[]): { readonly keyset: Keyset; readonly document: KeysetDocument } {
  const document = generateKeyset('orders', uses.length === 0 ? {} : { uses });
  return { keyset: Keyset.of(document), document };
}

/** The text that a token opens to. */
export function opened(keyset: Keyset, token: string, accepted: readonly string[] = [cfg]): string {
  return keyset.open(token, accepted).bytes.toString('utf8');
}

/** Puts a document into a file, whatever is there. */
export async function putKeyset(path: string, document: KeysetDocument): Promise<void> {
  if (await createKeyset(path, document)) return;
  await changeKeyset(path, ({ replace }) => replace(document));
}

/** A text with the keys of a document called `orders/1`, `orders/2`, … by their order, as they were made. */
function numbered(text: string, { name, keys }: Pick<Keyset, 'name' | 'keys'>): string {
  return keys.reduce((all, { kid }, index) => all.replaceAll(kid, `${name}/${String(index + 1)}`), text);
}

/** The same keys, called `orders/1`, `orders/2`, … by their order. */
export function renamed(document: KeysetDocument): KeysetDocument {
  return KeysetDocument.parse(numbered(document.toText(), document));
}

/** As the library's, with keys called `orders/1`, `orders/2`, …, which a test can name. */
export const generateKeyset: typeof generate = (...options) => renamed(generate(...options));
/** As the library's, with its new key called by the next number. */
export const rotateKey: typeof rotate = (document, ...options) => {
  const rotated = rotate(document, ...options);
  const last = Math.max(0, ...document.keys.map(({ kid }) => Number(kid.split('/')[1])).filter(Number.isSafeInteger));
  const kid = rotated.keys.at(-1)?.kid ?? '';
  return KeysetDocument.parse(rotated.toText().replaceAll(kid, `${document.name}/${String(last + 1)}`));
};
