import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ConfigError, systemCode } from '../../core/index.js';
import { firstSeqOf, folderOfSegments, singleFile, type AuditFiles } from './audit-files.js';
import { failureText } from './audit-errors.js';

export interface FoundLog {
  readonly files: AuditFiles;
  /** One segment of several, named alone. */
  readonly isPart: boolean;
}

/** @throws ConfigError `audit-unreadable` when there is nothing at the path. */
export async function findLog(path: string): Promise<FoundLog> {
  const isFolder = (await reading(path, () => stat(path))).isDirectory();
  const files = isFolder ? folderOfSegments(path) : singleFile(path);
  return { files, isPart: !isFolder && firstSeqOf(path) !== undefined };
}

/** @throws ConfigError `audit-unreadable` when there is none. */
export async function segmentsOf(path: string, files: AuditFiles): Promise<readonly string[]> {
  const segments = await files.list();
  if (segments.length > 0) return segments;
  throw unreadable(path, 'there is no segment in it, such as audit-000000000001.jsonl.');
}

/** Does what reads a file. Throws ConfigError `audit-unreadable` for the system's errors. */
export async function reading<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (ConfigError.is(error) || systemCode(error) === '') throw error;
    throw unreadable(path, failureText(error), error);
  }
}

function unreadable(path: string, why: string, cause?: unknown): ConfigError {
  return new ConfigError({
    code: 'audit-unreadable',
    message: `The audit log ${basename(path)} cannot be read: ${why}`,
    recovery: `Name the folder or the file that auditFile(…) writes, and read it as the user whose it is: ${path}.`,
    cause,
  });
}
