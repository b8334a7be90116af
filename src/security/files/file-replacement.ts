import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from './sync-folder.js';
import { systemCode } from '../../core/index.js';
import { nodeCrypto } from '../cipher/index.js';

/**
 * A file that is written beside another one and takes its place at the end, whole or not at all: with its mode and owner,
 * and on the disk before that. Rejects with the system's errors.
 */
export class FileReplacement {
  readonly #target: string;
  readonly #before: BigIntStats;
  readonly #path: string;
  readonly #file: FileHandle;

  private constructor(target: string, before: BigIntStats, path: string, file: FileHandle) {
    this.#target = target;
    this.#before = before;
    this.#path = path;
    this.#file = file;
  }

  /** `target` is no link, and `before` what it was when it was read. */
  public static async begin(target: string, before: BigIntStats): Promise<FileReplacement> {
    const name = `.${basename(target)}.${String(process.pid)}-${nodeCrypto().randomBytes(8).toString('hex')}${ENDING}`;
    // In the same folder, because a rename is only atomic within one file system; for nobody else before it is finished.
    const path = join(dirname(target), name);
    return new FileReplacement(target, before, path, await open(path, 'wx', 0o600));
  }

  public async write(bytes: Uint8Array): Promise<void> {
    let written = 0;
    while (written < bytes.length) written += (await this.#file.write(bytes, written)).bytesWritten;
  }

  /** Puts it in its place; false when the other file has been changed since, and stays as it is. */
  public async finish(): Promise<boolean> {
    try {
      return await this.#finish();
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

  async #finish(): Promise<boolean> {
    const { uid, gid, mode } = this.#before;
    const own = await this.#file.stat({ bigint: true });
    if (own.uid !== uid || own.gid !== gid) await this.#file.chown(Number(uid), Number(gid));
    await this.#file.chmod(Number(mode & 0o7777n));
    await this.#file.sync();
    await this.#file.close();
    if (!isSame(await stat(this.#target, { bigint: true }), this.#before)) {
      await rm(this.#path, { force: true });
      return false;
    }
    await rename(this.#path, this.#target);
    await syncFolder(dirname(this.#target));
    return true;
  }
}

const ENDING = '.uno-config.tmp';

/** Removes what processes left beside a file that were killed while they replaced it. */
export async function removeLeftovers(target: string): Promise<void> {
  const [folder, start] = [dirname(target), `.${basename(target)}.`];
  for (const name of await readdir(folder)) {
    if (!name.startsWith(start) || !name.endsWith(ENDING)) continue;
    const [, pid] = /^(\d+)-[0-9a-f]{16}$/.exec(name.slice(start.length, -ENDING.length)) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(folder, name), { force: true });
  }
}

/** This process does not replace one file twice at a time: what bears its number is of one that had it before. */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there and somebody else's.
    return systemCode(error) === 'EPERM';
  }
}

function isSame(one: BigIntStats, other: BigIntStats): boolean {
  return one.ino === other.ino && one.size === other.size && one.mtimeNs === other.mtimeNs;
}
