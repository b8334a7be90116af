import { type ConfigSource, readOptions } from '../../core/index.js';
import type { FileOptions } from './file-source.js';
import { FILE_OPTIONS, fileSource } from './file-source.js';
import { tomlFormat } from '../format/index.js';

/** What {@link tomlFile} takes besides the path. */
export type TomlFileOptions = FileOptions;

/**
 * Settings from a TOML file. Dates and times become their ISO 8601 texts, integers beyond the safe range `bigint`. An
 * empty file sets nothing. `"$import"` at the root names files it builds on. Subpath: `uno-config`.
 *
 * @param path relative to the working directory
 * @throws ConfigError when it loads: `source-not-found`, `source-unreadable`, `source-too-large`, `invalid-encoding`,
 *   `invalid-toml`, `duplicate-key`, `too-deep`, `number-out-of-range`, `invalid-import`, `import-refused`,
 *   `import-not-found`, `import-cycle`.
 * @example
 * ```ts
 * const source = tomlFile('config/app.toml');
 * ```
 */
export function tomlFile(path: string, options: TomlFileOptions = {}): ConfigSource {
  return fileSource('tomlFile', path, tomlFormat, readOptions('tomlFile', options, FILE_OPTIONS));
}
