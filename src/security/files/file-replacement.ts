import type { BigIntStats } from 'node:fs';
import { type FileHandle, link, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../../core/index.js';
import { whileLocked } from './file-lock.js';
import { unfinishedFile } from './unfinished-file.js';

/**
 * A file that is written beside another one and takes its place at the end, whole or not at all: with its mode and owner,
 * and on the disk before that. Rejects with the system's errors.
 */
export class FileReplacement {
  readonly #target: string;
  readonly #before: BigIntStats | undefined;
  readonly #path: string;
  readonly #file: FileHandle;

  private constructor(target: string, before: BigIntStats | undefined, path: string, file: FileHandle) {
    this.#target = target;
    this.#before = before;
    this.#path = path;
    this.#file = file;
  }

  /** `target` is no link, and `before` what it was when it was read; absent for a file that is not there yet. */
  public static async begin(target: string, before?: BigIntStats): Promise<FileReplacement> {
    const path = unfinishedFile(target);
    // Closed to other users until it is finished.
    return new FileReplacement(target, before, path, await open(path, 'wx', 0o600));
  }

  public async write(bytes: Uint8Array): Promise<void> {
    let written = 0;
    while (written < bytes.length) written += (await this.#file.write(bytes, written)).bytesWritten;
  }

  /**
   * Puts it in its place; false when the other file has been changed or made since, and stays as it is. `lock` is what it
   * does that under: {@link whileLocked}, unless the caller holds the lock.
   */
  public async finish(lock = whileLocked): Promise<boolean> {
    try {
      return await this.#finish(lock);
    } catch (error) {
      await this.abandon();
      throw error;
    }
  }

  /** Leaves everything as it was. */
  public async abandon(): Promise<void> {
    await this.#file.close();
    await rm(this.#path, { force: true });
  }

  async #finish(lock: typeof whileLocked): Promise<boolean> {
    if (this.#before !== undefined) await this.#becomeLike(this.#before);
    await this.#file.sync();
    await this.#file.close();
    const done = await (this.#before === undefined ? this.#appear() : this.#replace(this.#before, lock));
    await rm(this.#path, { force: true });
    await syncFolder(dirname(this.#target));
    return done;
  }

  async #becomeLike({ uid, gid, mode }: BigIntStats): Promise<void> {
    const own = await this.#file.stat({ bigint: true });
    if (own.uid !== uid || own.gid !== gid) await this.#file.chown(Number(uid), Number(gid));
    await this.#file.chmod(Number(mode & 0o7777n));
  }

  /** A second name for the finished file: unlike a rename it fails when somebody else was first. */
  async #appear(): Promise<boolean> {
    try {
      await link(this.#path, this.#target);
      return true;
    } catch (error) {
      if (systemCode(error) === 'EEXIST') return false;
      throw error;
    }
  }

  /** Locked, so that no other replacement comes between the look and the rename. */
  async #replace(before: BigIntStats, lock: typeof whileLocked): Promise<boolean> {
    return lock(this.#target, async () => {
      if (!isSame(await stat(this.#target, { bigint: true }), before)) return false;
      await rename(this.#path, this.#target);
      return true;
    });
  }
}

function isSame(one: BigIntStats, other: BigIntStats): boolean {
  return (
    one.ino === other.ino && one.size === other.size && one.mtimeNs === other.mtimeNs && one.ctimeNs === other.ctimeNs
  );
}

/** Puts the names in a folder onto the disk: without it a machine that loses power may forget that a file is there. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows can neither open nor sync a folder.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
