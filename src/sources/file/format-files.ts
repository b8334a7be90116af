import { extname } from 'node:path';
import { type ConfigSource, option, type OptionKinds, readOptions } from '../../core/index.js';
import { jsonFormat, jsonWithCommentsFormat, yamlFormat, tomlFormat } from '../format/index.js';
import { type FileOptions, FILE_OPTIONS, fileSource } from './file-source.js';

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

/** What {@link yamlFile} takes besides the path. */
export type YamlFileOptions = FileOptions;

/**
 * Settings from a file with one YAML 1.2 document of the core schema: `yes` and dates are strings, `!unset` removes what
 * lower layers set, integers beyond the safe range are `bigint`, aliases and merge keys (`<<`) work. A file without a value
 * sets nothing. `$import` at the root names files it builds on. Subpath: `uno-config`.
 *
 * @param path relative to the working directory
 * @throws ConfigError when it loads: `source-not-found`, `source-unreadable`, `source-too-large`, `invalid-encoding`,
 *   `invalid-yaml`, `unknown-tag`, `duplicate-key`, `too-deep`, `too-many-values`, `number-out-of-range`,
 *   `invalid-text`, `not-a-map`, `invalid-import`, `import-refused`, `import-not-found`, `import-cycle`.
 * @example
 * ```ts
 * const source = yamlFile('config/app.yaml');
 * ```
 */
export function yamlFile(path: string, options: YamlFileOptions = {}): ConfigSource {
  return fileSource('yamlFile', path, yamlFormat, readOptions('yamlFile', options, FILE_OPTIONS));
}

/** What {@link tomlFile} takes besides the path. */
export type TomlFileOptions = FileOptions;

/**
 * Settings from a TOML file. Dates and times become ISO 8601 strings, integers beyond the safe range `bigint`. An empty file
 * sets nothing. `"$import"` at the root names files it builds on. Subpath: `uno-config`.
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
