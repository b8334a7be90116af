import { isUtf8 } from 'node:buffer';
import type { BigIntStats } from 'node:fs';
import { closeSync, constants, open, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { ConfigError } from '../../core/index.js';
import { fileError, fileErrorFromSystem } from './file-error.js';
import { inodeOf, isNear, learnDevice, statsOf } from './path-status.js';

/** How {@link readTextFile} reads. */
export interface ReadTextFileOptions {
  /** Ends the reading with the signal's reason. */
  readonly signal: AbortSignal;
  /** The largest size, in bytes; {@link DEFAULT_MAX_BYTES} when absent. */
  readonly maxBytes?: number | undefined;
  /** The file's name in messages; the path when absent. */
  readonly shown?: string;
  /** Receives the inode, which distinguishes the file from a later one of the same name. */
  readonly identify?: (inode: string) => void;
}

/** 16 MiB. */
const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

/**
 * Reads a UTF-8 text file without its byte order mark. Never blocks on what is no regular file.
 *
 * @throws ConfigError `source-not-found`, `source-unreadable` (a folder, a pipe, a link loop, no permission),
 *   `source-too-large` or `invalid-encoding`.
 */
export async function readTextFile(path: string, options: ReadTextFileOptions): Promise<string> {
  const { signal, maxBytes = DEFAULT_MAX_BYTES, shown = path, identify } = options;
  signal.throwIfAborted();
  const bytes = await readBytes(path, maxBytes, shown, identify);
  signal.throwIfAborted();
  if (!isUtf8(bytes)) throw invalidEncoding(bytes, shown);
  // Without an argument: Node looks an encoding up by its name.
  const text = bytes.toString();
  if (!text.startsWith(BYTE_ORDER_MARK)) return text;
  if (text.startsWith(BYTE_ORDER_MARK, 1)) throw secondMark(shown);
  return text.slice(1);
}

const BYTE_ORDER_MARK = '\uFEFF';

// The calls below the file handles of `node:fs/promises`: a handle costs as much as a small file.
const calls = { open: promisify(open), read: promisify(read) };

async function readBytes(
  path: string,
  maxBytes: number,
  shown: string,
  identify: ReadTextFileOptions['identify'],
): Promise<Buffer> {
  let descriptor: number | undefined;
  try {
    // Checked before it is opened, because opening a device can have side effects; opened without blocking, because it may
    // have been replaced by a pipe since.
    const stats = await statsOf(path);
    refuseUnlessReadable(stats, maxBytes, shown);
    identify?.(inodeOf(stats));
    const flags = constants.O_RDONLY | constants.O_NONBLOCK;
    // What has just been looked at opens from memory; only reading may wait for the drive.
    descriptor = isNear(path) ? openSync(path, flags) : await calls.open(path, flags);
    const bytes = await readToEnd(descriptor, Number(stats.size), maxBytes, shown);
    await learnDevice(path, stats.dev);
    return bytes;
  } catch (error) {
    throw ConfigError.is(error) ? error : fileErrorFromSystem(error, shown);
  } finally {
    // Nothing was written, so there is nothing to wait for.
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function refuseUnlessReadable(stats: BigIntStats, maxBytes: number, shown: string): void {
  if (!stats.isFile()) {
    const what = kindOf(stats);
    throw fileError(
      'source-unreadable',
      `${shown} cannot be read: it is a ${what}, not a file.`,
      stats.isDirectory() ? 'Name a file, or use directory(…) or configFolder(…).' : 'Name a regular file.',
    );
  }
  if (stats.size > maxBytes) throw tooLarge(maxBytes, shown);
}

function kindOf(stats: BigIntStats): string {
  if (stats.isDirectory()) return 'folder';
  if (stats.isFIFO()) return 'named pipe';
  return stats.isSocket() ? 'socket' : 'device';
}

// One byte more than expected shows whether the file has grown; then, and where the size is unknown (/proc), it goes on.
async function readToEnd(descriptor: number, size: number, maxBytes: number, shown: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(total === 0 && size > 0 ? size + 1 : GROWTH_BYTES);
    const { bytesRead } = await calls.read(descriptor, chunk, 0, chunk.length, null);
    total += bytesRead;
    if (total > maxBytes) throw tooLarge(maxBytes, shown);
    // The usual case, in which nothing is copied.
    if (total === bytesRead && bytesRead === size) return chunk.subarray(0, bytesRead);
    if (bytesRead === 0) return Buffer.concat(chunks, total);
    chunks.push(chunk.subarray(0, bytesRead));
  }
}

const GROWTH_BYTES = 65_536;

function tooLarge(maxBytes: number, shown: string): ConfigError {
  return fileError(
    'source-too-large',
    `${shown} is larger than ${String(maxBytes)} bytes.`,
    'Make it smaller, or raise the option maxSize.',
  );
}

function invalidEncoding(bytes: Buffer, shown: string): ConfigError {
  return new ConfigError({
    code: 'invalid-encoding',
    message: `${shown} is not UTF-8: the byte at offset ${String(firstInvalidByte(bytes))} belongs to no character.`,
    recovery: 'Save the file as UTF-8.',
  });
}

function secondMark(shown: string): ConfigError {
  return new ConfigError({
    code: 'invalid-encoding',
    message: `${shown} begins with two byte order marks; the second one would be part of its first key or value.`,
    recovery: 'Save the file as UTF-8 with one byte order mark or none.',
  });
}

// Decoding puts U+FFFD where bytes belong to no character; but the file may also really contain one, as EF BF BD.
function firstInvalidByte(bytes: Buffer): number {
  const text = bytes.toString('utf8');
  let offset = 0;
  let from = 0;
  for (let at = text.indexOf('\uFFFD'); at !== -1; at = text.indexOf('\uFFFD', from)) {
    offset += Buffer.byteLength(text.slice(from, at));
    if (bytes.readUIntBE(offset, Math.min(3, bytes.length - offset)) !== 0xefbfbd) break;
    offset += 3;
    from = at + 1;
  }
  return offset;
}
