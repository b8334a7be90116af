import { link, mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from '../files/index.js';
import { systemCode } from '../../core/index.js';
import { nodeCrypto } from '../cipher/index.js';
import type { KeysetDocument } from './keyset-document.js';

/**
 * Writes a keyset document, whole or not at all, into a file that only its owner can read (mode 0600), and onto the disk
 * before it resolves. Replaces what is there; a link stays, and what it points to is replaced. Rejects with the system's
 * errors. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * await writeKeyset('keys.json', generateKeyset('orders'));
 * ```
 */
export async function writeKeyset(path: string, document: KeysetDocument): Promise<void> {
  const target = await realpath(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return path;
    throw error;
  });
  await through(target, document, (unfinished) => rename(unfinished, target));
}

/** Like {@link writeKeyset}, but leaves a file alone that is there already; false then. Makes its folder with mode 0700. */
export async function createKeyset(path: string, document: KeysetDocument): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  let created = true;
  await through(path, document, async (unfinished) => {
    // A second name for the finished file: unlike a rename it fails when somebody else was first.
    await link(unfinished, path).catch((error: unknown) => {
      if (systemCode(error) !== 'EEXIST') throw error;
      created = false;
    });
    await rm(unfinished, { force: true });
  });
  return created;
}

/** Writes beside the target, because names move at once only within one file system, and lets `finish` name it. */
async function through(
  target: string,
  document: KeysetDocument,
  finish: (unfinished: string) => Promise<void>,
): Promise<void> {
  const folder = dirname(target);
  const unfinished = join(folder, `.${basename(target)}.${nodeCrypto().randomBytes(8).toString('hex')}.tmp`);
  const bytes = Buffer.from(document.toText(), 'utf8');
  try {
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await finish(unfinished);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  } finally {
    bytes.fill(0);
  }
  await syncFolder(folder);
}
