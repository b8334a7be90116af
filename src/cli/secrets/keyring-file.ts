import { resolve } from 'node:path';
import { KeysetDocument, readPrivateFile, systemCode, writeKeyset } from '../../security/index.js';
import type { CommandIo } from '../command-io.js';
import { unusable } from '../unusable.js';
import { UsageError } from '../usage-error.js';

/** A file with the keys of a keyring, as it is named on the command line. */
export class KeyringFile {
  readonly #file: string;
  readonly #path: string;

  public constructor(io: CommandIo, file: string) {
    this.#file = file;
    this.#path = resolve(io.folder, file);
  }

  /** @throws UsageError when it cannot be read, others can read it too, or it is no keyset. */
  public async read(): Promise<KeysetDocument> {
    const content = await readPrivateFile(this.#path).catch((error: unknown) => {
      throw unusable(error);
    });
    try {
      return KeysetDocument.parse(content, this.#file);
    } catch (error) {
      throw unusable(error);
    } finally {
      content.fill(0);
    }
  }

  public async write(document: KeysetDocument): Promise<void> {
    await written(this.#file, () => writeKeyset(this.#path, document));
  }
}

/**
 * Does something that writes a file.
 *
 * @throws UsageError when the system does not let it.
 */
export async function written<T>(file: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    // Any other error is none of the system's.
    if (typeof error !== 'object' || error === null || !('syscall' in error)) throw error;
    throw new UsageError(`${file} cannot be written: the system says ${systemCode(error)}.`);
  }
}
