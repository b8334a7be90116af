import { resolve } from 'node:path';
import { systemCode } from '../../core/index.js';
import {
  changeKeyset,
  createKeyset,
  KeysetDocument,
  openKeyset,
  readPrivateFile,
  rotateKey,
  wrapAsBefore,
  wrapKeys,
  type Keyset,
  type KeyUse,
  type LockedKeyset,
} from '../../security/index.js';
import type { CommandIo } from '../command.js';
import { unusable, UsageError } from '../usage-error.js';
import type { DefinitionOnDemand } from './definition-on-demand.js';
import { KeyWrapping } from './key-wrapping.js';

/** A file with the keys of a keyring, as it is named on the command line. What is not as it should be is a UsageError. */
export class KeyringFile {
  readonly #file: string;
  readonly #path: string;
  readonly #wrapping: KeyWrapping;
  #opened: { readonly text: string; readonly keyset: Keyset } | undefined;

  public constructor(io: CommandIo, file: string, definition: DefinitionOnDemand) {
    this.#file = file;
    this.#path = resolve(io.folder, file);
    this.#wrapping = new KeyWrapping(io, file, definition);
  }

  /** @throws UsageError when it cannot be read, others can read it too, or it is no keyset. */
  public async read(): Promise<KeysetDocument> {
    const content = await usable(() => readPrivateFile(this.#path));
    try {
      return await usable(() => KeysetDocument.parse(content, this.#file));
    } finally {
      content.fill(0);
    }
  }

  public async open(document: KeysetDocument): Promise<Keyset> {
    const text = document.toText();
    // A document that is read back costs no second derivation from a passphrase.
    if (this.#opened?.text === text) return this.#opened.keyset;
    const keyset = await usable(async () => openKeyset(document, await this.#wrapping.optionsFor(document)));
    this.#opened = { text, keyset };
    return keyset;
  }

  /** A document of this file with a new primary key for each use, wrapped as those before. */
  public async withNewKeys(document: KeysetDocument, uses: readonly KeyUse[]): Promise<KeysetDocument> {
    const next = uses.reduce((each, use) => rotateKey(each, use), document);
    return usable(async () => wrapAsBefore(next, document, await this.#wrapping.optionsFor(document)));
  }

  /** A document for this file with its keys wrapped: under a passphrase, or by the key provider of this id. */
  public async wrapped(document: KeysetDocument, by: string): Promise<KeysetDocument> {
    return usable(async () => wrapKeys(document, await this.#wrapping.optionsBy(by)));
  }

  /** Makes the file; false when it is there already, and is left alone. */
  public async create(document: KeysetDocument): Promise<boolean> {
    return written(this.#file, () => createKeyset(this.#path, document));
  }

  /**
   * Does something with the file that no other command does meanwhile.
   *
   * @throws UsageError when it cannot be read or written, or another process keeps it locked.
   */
  public async change<T>(work: (locked: LockedKeyset) => Promise<T>): Promise<T> {
    return written(this.#file, () => changeKeyset(this.#path, work));
  }
}

async function usable<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unusable(error);
  }
}

/**
 * Does something that writes a file.
 *
 * @throws UsageError when the system does not let it, or another process has locked the file.
 */
export async function written<T>(file: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    // Any other error is none of the system's.
    if (typeof error !== 'object' || error === null || !('syscall' in error)) throw unusable(error);
    throw new UsageError(`${file} cannot be written: the system says ${systemCode(error)}.`);
  }
}
