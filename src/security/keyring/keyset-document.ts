import { ConfigError } from '../../core/index.js';
import type { KeyDescription } from './key-description.js';
import type { KeyEntry, KeyMaterial } from './key-entry.js';
import { describeEntry } from './key-entry.js';
import { checkEntries } from './entry-reader.js';
import { parseEntries } from './parse-entries.js';

/** The keys with their material; for the files of this folder. */
export let entriesOf: (document: KeysetDocument) => readonly KeyEntry[];
/** A document of these keys; for the files of this folder. */
export let documentOf: (name: string, entries: readonly KeyEntry[]) => KeysetDocument;

/**
 * A keyset as it is stored: a JSON Web Key Set with a name and the state of every key. Immutable; printing, logging or
 * serialising it shows no key material, only {@link KeysetDocument.toText} does. Subpath: `uno-config/keys`.
 *
 * @example
 * ```ts
 * const document = KeysetDocument.parse(body);
 * for (const { kid, state } of document.keys) report(kid, state);
 * ```
 */
export class KeysetDocument {
  public readonly name: string;
  /** In the order of the document. */
  public readonly keys: readonly KeyDescription[];
  readonly #entries: readonly KeyEntry[];

  private constructor(name: string, entries: readonly KeyEntry[]) {
    this.name = name;
    this.#entries = entries;
    this.keys = Object.freeze(entries.map(describeEntry));
    Object.freeze(this);
  }

  /**
   * Reads a document. Throws a `ConfigError` with code `keyset-invalid` that lists everything that is wrong with it, and
   * quotes nothing of it; `place` is how the error calls the document.
   */
  public static parse(content: string | Uint8Array, place = 'The keyset'): KeysetDocument {
    const { name, entries, issues } = parseEntries(content);
    if (issues.length > 0) {
      throw new ConfigError({
        code: 'keyset-invalid',
        message: `${place} is not a valid keyset.`,
        issues,
        recovery: 'Correct it, or take a copy of it from before it was changed.',
      });
    }
    return new KeysetDocument(name, entries);
  }

  /** The document as JSON **with all key material**: for a file that only its owner can read, and for nothing else. */
  public toText(): string {
    return writeEntries(this.name, this.#entries);
  }

  static {
    entriesOf = (document) => document.#entries;
    documentOf = (name, entries) => {
      const issues = checkEntries(entries);
      if (issues[0] !== undefined) throw new TypeError(`A keyset cannot be made so: ${issues[0].message}.`);
      return new KeysetDocument(name, Object.freeze([...entries]));
    };
  }
}

/** A keyset document as JSON, with all key material. */
function writeEntries(name: string, entries: readonly KeyEntry[]): string {
  return `${JSON.stringify({ keyset: name, keys: entries.map(writeEntry) }, undefined, 2)}\n`;
}

function writeEntry({ kid, use, state, created, x, material }: KeyEntry): object {
  const kind = use === 'seal' ? { kty: 'OKP', crv: 'X25519', alg: 'ECDH-ES' } : { kty: 'oct', alg: 'dir' };
  return {
    ...kind,
    enc: 'A256GCM',
    kid,
    ...(x !== undefined && { x }),
    ...(material && writeMaterial(material, use === 'seal' ? 'd' : 'k')),
    state,
    created: new Date(created).toISOString(),
  };
}

function writeMaterial(material: KeyMaterial, member: 'd' | 'k'): object {
  if (material.kind === 'plain') return { [member]: material.secret };
  const { kind, wrapped: key, ...rest } = material;
  return { wrapped: { ...(kind === 'passphrase' && { kdf: 'scrypt' }), ...rest, key } };
}
