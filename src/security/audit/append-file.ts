import { constants } from 'node:fs';
import { appendFile, open, stat, type FileHandle } from 'node:fs/promises';
import { notWritten } from './audit-errors.js';

/** What stood at the end of a file when it was opened. */
export interface FileTail {
  /** The last line, without its end; absent when there is none. */
  readonly line: Buffer | undefined;
  /** Bytes after the last whole line, which a process that was killed has left; they have been set aside. */
  readonly torn: number;
}

const LARGEST_TAIL = 64 * 1024 * 1024;

/** A file of lines, for its owner alone, that only grows and only through us. */
export class AppendFile {
  public readonly path: string;
  readonly #handle: FileHandle;
  /** What is known to be whole. */
  #size: number;
  /** Whether more may stand in the file, of an attempt that failed. */
  #isDirty = false;

  private constructor(path: string, handle: FileHandle, size: number) {
    this.path = path;
    this.#handle = handle;
    this.#size = size;
  }

  /**
   * Opens a file, or makes it. What is after its last whole line goes to `<path>.torn`.
   *
   * @throws ConfigError `audit-not-written`.
   */
  public static async open(path: string): Promise<{ readonly file: AppendFile; readonly tail: FileTail }> {
    const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;
    try {
      // Through no link: the file is ours, or nobody's.
      const handle = await open(path, flags | constants.O_NOFOLLOW, 0o600);
      try {
        const stats = await handle.stat();
        if (!stats.isFile()) throw notWritten(path, 'it is not a regular file.');
        if ((stats.mode & 0o077) !== 0) await handle.chmod(0o600);
        const { line, whole } = await readTail(handle, path, stats.size);
        const torn = stats.size - whole;
        if (torn > 0) await setAside(handle, path, whole, torn);
        return { file: new AppendFile(path, handle, whole), tail: { line, torn } };
      } catch (error) {
        await handle.close();
        throw error;
      }
    } catch (error) {
      throw notWritten(path, error);
    }
  }

  public get size(): number {
    return this.#size;
  }

  /**
   * Adds lines: all of them, or none when it throws; on the disk when this resolves, if asked for.
   *
   * @throws ConfigError `audit-not-written`.
   */
  public async append(bytes: Buffer, sync: boolean): Promise<void> {
    try {
      await this.#checkUntouched();
      this.#isDirty = true;
      for (let at = 0; at < bytes.length;) at += (await this.#handle.write(bytes, at)).bytesWritten;
      if (sync) await this.#handle.datasync();
      this.#isDirty = false;
      this.#size += bytes.length;
    } catch (error) {
      throw notWritten(this.path, error);
    }
  }

  /** Whether the file has another name by now, or another file has its name: logs are rotated so. */
  public async isMoved(): Promise<boolean> {
    const [own, there] = await Promise.all([this.#handle.stat(), stat(this.path).catch(() => undefined)]);
    return own.nlink > 0 && (own.ino !== there?.ino || own.dev !== there.dev);
  }

  /** @throws ConfigError `audit-not-written`. */
  public async sync(): Promise<void> {
    try {
      await this.#handle.datasync();
    } catch (error) {
      throw notWritten(this.path, error);
    }
  }

  public async close(): Promise<void> {
    await this.#handle.close();
  }

  async #checkUntouched(): Promise<void> {
    const { size, nlink } = await this.#handle.stat();
    if (nlink === 0) throw notWritten(this.path, 'it was removed.');
    if (this.#isDirty && size >= this.#size) {
      await this.#handle.truncate(this.#size);
      this.#isDirty = false;
    } else if (size !== this.#size) {
      throw notWritten(this.path, 'another process has changed it. Give each process its own folder.');
    }
  }
}

/** The last whole line, and how many bytes there are up to its end. */
async function readTail(
  handle: FileHandle,
  path: string,
  size: number,
): Promise<{ readonly line: Buffer | undefined; readonly whole: number }> {
  for (let length = Math.min(size, 64 * 1024); ; length = Math.min(size, length * 4)) {
    const bytes = Buffer.alloc(length);
    await handle.read(bytes, 0, length, size - length);
    const end = bytes.lastIndexOf(0x0a);
    const start = end <= 0 ? -1 : bytes.lastIndexOf(0x0a, end - 1);
    if (length === size && end < 0) return { line: undefined, whole: 0 };
    if ((length === size && end >= 0) || start >= 0) {
      return { line: bytes.subarray(start + 1, end), whole: size - length + end + 1 };
    }
    if (length >= LARGEST_TAIL) throw notWritten(path, 'it ends with a line of more than 64 MiB.');
  }
}

async function setAside(handle: FileHandle, path: string, whole: number, torn: number): Promise<void> {
  const bytes = Buffer.alloc(torn);
  await handle.read(bytes, 0, torn, whole);
  await appendFile(`${path}.torn`, bytes, { mode: 0o600, flush: true });
  await handle.truncate(whole);
  await handle.datasync();
}
