import { readlinkSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import {
  type ConfigErrorOptions,
  type ConfigOrigin,
  ConfigError,
  systemCode,
  type ConfigErrorCode,
} from '../../core/index.js';

/** A failure to reach a file or folder, as opposed to a failure to parse it. */
export function fileError(code: ConfigErrorCode, message: string, recovery: string): ConfigError {
  return new ConfigError({ code, message, recovery });
}

/** A ConfigError for what the operating system answered about a file or folder; never holds any of its content. */
export function fileErrorFromSystem(error: unknown, shown: string): ConfigError {
  const code = systemCode(error);
  const target = code === 'ENOENT' ? danglingTarget(error) : undefined;
  if (target !== undefined) {
    return fileError(
      'source-not-found',
      `${shown} is a symbolic link to ${target}, which does not exist.`,
      'Create what it points to, correct the link, or wrap the source in optional(…).',
    );
  }
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return fileError(
      'source-not-found',
      `${shown} does not exist${folderOfRelative(error)}.`,
      'Create it, correct the path, or wrap the source in optional(…).',
    );
  }
  const { why, recovery } = SYSTEM_REASONS[code] ?? {
    why: `the operating system answers ${code === '' ? 'with an unknown error' : code}`,
    recovery: 'Check the path and the file system.',
  };
  return fileError('source-unreadable', `${shown} cannot be read: ${why}.`, recovery);
}

/** Where a relative path starts from, which differs where a service is started from another folder. */
function folderOfRelative(error: unknown): string {
  const path = typeof error === 'object' && error !== null && 'path' in error ? error.path : undefined;
  return typeof path === 'string' && !isAbsolute(path) ? ` in ${process.cwd()}` : '';
}

/** What the path of the error points to where it is a link: then the link itself is there. */
function danglingTarget(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('path' in error) || typeof error.path !== 'string')
    return undefined;
  try {
    return readlinkSync(error.path);
  } catch {
    // It is no link, or gone.
    return undefined;
  }
}

/** The same for a folder, or for a file in its place. */
export function folderErrorFromSystem(error: unknown, shown: string): ConfigError {
  if (systemCode(error) !== 'ENOTDIR') return fileErrorFromSystem(error, shown);
  return fileError('source-unreadable', `${shown} cannot be read: it is not a folder.`, 'Name a folder.');
}

const NO_PERMISSION = {
  why: 'this process has no permission to read it',
  recovery: 'Grant the user that runs this process the right to read it.',
};

const SYSTEM_REASONS: Readonly<Record<string, { readonly why: string; readonly recovery: string } | undefined>> = {
  EACCES: NO_PERMISSION,
  EPERM: NO_PERMISSION,
  EISDIR: { why: 'it is a folder, not a file', recovery: 'Name a file, or use directory(…) or configFolder(…).' },
  ELOOP: { why: 'its symbolic links form a loop', recovery: 'Correct the symbolic links.' },
  ENAMETOOLONG: { why: 'its name is too long', recovery: 'Shorten the path.' },
  EMFILE: { why: 'this process has too many files open', recovery: 'Raise the limit of open files.' },
};

/** What {@link parseError} needs besides the origin. */
export interface ParseFinding extends Pick<ConfigErrorOptions, 'code' | 'message'> {
  /** The one issue's message. */
  readonly problem: string;
  readonly path: readonly string[];
  readonly recovery: string;
}

/** A ConfigError for one mistake in a file, with its place. */
export function parseError(finding: ParseFinding, origin: ConfigOrigin): ConfigError {
  const { code, message, problem, path, recovery } = finding;
  return new ConfigError({
    code,
    category: 'parse',
    message,
    issues: [{ code, path, message: problem, origin }],
    recovery,
  });
}
