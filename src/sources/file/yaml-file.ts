import { type ConfigSource, readOptions } from '../../core/index.js';
import type { FileOptions } from './file-source.js';
import { FILE_OPTIONS, fileSource } from './file-source.js';
import { yamlFormat } from '../format/index.js';

/** What {@link yamlFile} takes besides the path. */
export type YamlFileOptions = FileOptions;

/**
 * Settings from a file with one YAML 1.2 document of the core schema: `yes` and dates are texts, `!unset` removes what
 * lower layers set, integers beyond the safe range are `bigint`, aliases and merge keys (`<<`) work. A file without a
 * value sets nothing. `$import` at the root names files it builds on. Subpath: `uno-config`.
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
