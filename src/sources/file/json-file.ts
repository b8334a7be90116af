import { extname } from 'node:path';
import { type ConfigSource, option, type OptionKinds, readOptions } from '../../core/index.js';
import type { FileOptions } from './file-source.js';
import { FILE_OPTIONS, fileSource } from './file-source.js';
import { jsonFormat, jsonWithCommentsFormat } from '../format/index.js';

/** What {@link jsonFile} takes besides the path. */
export interface JsonFileOptions extends FileOptions {
  /** Allows comments and trailing commas; when absent, only in a file that ends in `.jsonc`. */
  readonly comments?: boolean;
}

/**
 * Settings from a JSON file. Integers beyond the safe range keep all their digits as `bigint`; a key that is written twice
 * is an error; `$import` at the root names files it builds on. Subpath: `uno-config`.
 *
 * @param path relative to the working directory
 * @throws ConfigError when it loads: `source-not-found`, `source-unreadable`, `source-too-large`, `invalid-encoding`,
 *   `invalid-json`, `duplicate-key`, `too-deep`, `number-out-of-range`, `invalid-text`, `not-a-map`, `invalid-import`,
 *   `import-refused`, `import-not-found`, `import-cycle`.
 * @example
 * ```ts
 * const source = jsonFile('config/app.json', { comments: true });
 * ```
 */
export function jsonFile(path: string, options: JsonFileOptions = {}): ConfigSource {
  const { comments, ...rest } = readOptions('jsonFile', options, OPTIONS);
  const hasComments = comments ?? (typeof path === 'string' && extname(path).toLowerCase() === '.jsonc');
  return fileSource('jsonFile', path, hasComments ? jsonWithCommentsFormat : jsonFormat, rest);
}

const OPTIONS = { ...FILE_OPTIONS, comments: option.flag } satisfies OptionKinds<JsonFileOptions>;
