import type { KeysetDocument, KeyUse } from '../../src/security/index.js';
import { generateKeyset, Keyset, scopeHash } from '../../src/security/index.js';

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
