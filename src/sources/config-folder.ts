import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigError, ConfigSource, Selectors } from '../core/index.js';
import { applicableFiles, configurationFiles } from './config-folder-files.js';
import { fileError, folderErrorFromSystem } from './file-error.js';
import { FILE_EXTENSIONS, formatByExtension } from './file-formats.js';
import type { FileOptions } from './file-source.js';
import { checkFileOptions, checkPath, sourceId } from './file-source.js';
import type { FileEntry } from './import-files.js';
import { loadFiles } from './import-files.js';

/** What {@link configFolder} takes besides the folder; `roots` starts from the folder instead of a file's. */
export interface ConfigFolderOptions extends Omit<FileOptions, 'name'> {
  /** What the files' names start with; `app` when absent. */
  readonly name?: string;
}

/**
 * Settings from the files of a folder that fit the environment, region and deployment of the load, a later one winning:
 * `app.{ext}`, `app.{environment}.{ext}`, `app.{environment}.{region}.{ext}`, `app.{environment}.{deployment}.{ext}`,
 * `app.{environment}.{region}.{deployment}.{ext}`. The environment may be spelled `dev`, `development`, `test`,
 * `testing`, `prod` or `production`; the ending is `.yaml`, `.yml`, `.json`, `.jsonc` or `.toml`. Subpath: `uno-config`.
 *
 * @param folder relative to the working directory
 * @throws ConfigError when it loads: `source-not-found` when no file fits, `unknown-environment`, `ambiguous-file`,
 *   `invalid-file-name`, and what `jsonFile`, `yamlFile` and `tomlFile` throw.
 * @example
 * ```ts
 * const source = configFolder('config');
 * ```
 */
export function configFolder(folder: string, options: ConfigFolderOptions = {}): ConfigSource {
  checkPath('configFolder', 'folder', folder);
  const { name: prefix = 'app', ...rest } = options;
  checkFileOptions('configFolder', rest);
  checkPath('configFolder', 'name', prefix);
  const { references, maxBytes, roots } = rest;
  return Object.freeze({
    name: join(folder, prefix),
    id: sourceId('configFolder', folder, { ...rest, name: prefix }),
    load: async (context) => {
      const { signal } = context;
      const entries = await findEntries(folder, prefix, context);
      if (entries.length === 0) throw nothingFits(folder, prefix, context);
      return loadFiles(entries, { signal, references, maxBytes, roots });
    },
  } satisfies ConfigSource);
}

async function findEntries(folder: string, prefix: string, selectors: Selectors): Promise<readonly FileEntry[]> {
  let fileNames: readonly string[];
  try {
    fileNames = await readdir(folder);
  } catch (error) {
    throw folderErrorFromSystem(error, folder);
  }
  return applicableFiles(configurationFiles(folder, prefix, fileNames), selectors).flatMap(({ fileName }) => {
    const path = join(folder, fileName);
    const format = formatByExtension(fileName);
    return format === undefined ? [] : [{ path, name: path, format }];
  });
}

function nothingFits(folder: string, prefix: string, selectors: Selectors): ConfigError {
  const { environment } = selectors;
  const endings = FILE_EXTENSIONS.map((ending) => ending.slice(1)).join(', ');
  return fileError(
    'source-not-found',
    `${folder} has no configuration file for ${environment}: neither ${prefix}.* nor ${prefix}.${environment}.*.`,
    `Create ${join(folder, prefix)}.yaml, or wrap the source in optional(…); the endings are ${endings}.`,
  );
}
