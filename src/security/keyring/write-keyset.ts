import { mkdir, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigError } from '../../core/index.js';
import { FileReplacement, removeLeftovers, whileLocked } from '../files/index.js';
import { KeysetDocument } from './keyset-document.js';
import { readPrivateFile, unreadable } from './private-file.js';

/**
 * Writes a keyset document into a new file that only its owner can read (mode 0600), whole, and onto the disk before it
 * resolves; makes its folder with mode 0700. False when the file is there already, and left alone: {@link changeKeyset}
 * changes it. Rejects with the system's errors. Subpath: `uno-config/keys`.
 *
 * @example
 * ```ts
 * const isNew = await createKeyset('keys.json', generateKeyset('orders'));
 * ```
 */
export async function createKeyset(path: string, document: KeysetDocument): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const replacement = await FileReplacement.begin(path);
  await fill(replacement, document);
  return replacement.finish();
}

/** A keyset document in a file that nobody else changes meanwhile. */
export interface LockedKeyset {
  /** As it was read. */
  readonly document: KeysetDocument;
  /**
   * Puts another document in its place, and resolves to what is in the file then. Rejects with a `ConfigError` with code
   * `file-changed`, and leaves the file alone, when somebody has written it in spite of the lock.
   */
  readonly replace: (document: KeysetDocument) => Promise<KeysetDocument>;
}

/**
 * Locks a file with a keyset document and reads it, so that of several processes one comes after the other and no key is
 * lost; `work` may replace it, and then encrypt values again with the keys that are in the file. Readers need no lock.
 *
 * Rejects with a `ConfigError` with code `file-locked` when another process keeps the lock for ten seconds,
 * `keyring-unreadable`, `keyring-exposed` or `keyset-invalid`, and with the system's errors. Subpath: `uno-config/keys`.
 *
 * @example
 * ```ts
 * await changeKeyset('keys.json', async ({ document, replace }) => {
 *   const keyset = Keyset.of(await replace(rotateKey(document, 'encrypt')));
 *   await rotateSecrets({ files: ['config/app.yaml'], keyset });
 * });
 * ```
 */
export async function changeKeyset<T>(path: string, work: (locked: LockedKeyset) => Promise<T>): Promise<T> {
  const target = await realpath(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  return whileLocked(target, async () => {
    await removeLeftovers(target);
    let stats = await stat(target, { bigint: true });
    const replace = async (document: KeysetDocument): Promise<KeysetDocument> => {
      const replacement = await FileReplacement.begin(target, stats);
      await fill(replacement, document);
      if (!(await replacement.finish((_, finish) => finish()))) throw changedMeanwhile(path);
      stats = await stat(target, { bigint: true });
      return readKeyset(path);
    };
    return work(Object.freeze({ document: await readKeyset(path), replace }));
  });
}

function changedMeanwhile(path: string): ConfigError {
  return new ConfigError({
    code: 'file-changed',
    message: `${path} was changed by another process meanwhile.`,
    recovery: 'It has been left as it is: do it again.',
  });
}

async function readKeyset(path: string): Promise<KeysetDocument> {
  const content = await readPrivateFile(path);
  try {
    return KeysetDocument.parse(content, path);
  } finally {
    content.fill(0);
  }
}

async function fill(replacement: FileReplacement, document: KeysetDocument): Promise<void> {
  const bytes = Buffer.from(document.toText(), 'utf8');
  try {
    await replacement.write(bytes);
  } catch (error) {
    await replacement.abandon();
    throw error;
  } finally {
    bytes.fill(0);
  }
}
