import { join } from 'node:path';
import {
  type ConfigError,
  type ConfigSource,
  type LoadContext,
  option,
  type OptionKinds,
  readOptions,
  type Selectors,
} from '../../core/index.js';
import {
  applicableFiles,
  configurationFiles,
  refuseMisnamed,
  unusedFiles,
  type ApplicableFile,
  type SelectedFile,
} from './config-folder-files.js';
import { cohortsOf, tellOfCohorts } from './cohorts.js';
import { fileError, readTextFile } from '../read/index.js';
import { FILE_EXTENSIONS, formatByExtension } from '../format/index.js';
import type { FileOptions } from './file-source.js';
import { FILE_OPTIONS, sourceId } from './file-source.js';
import type { FileEntry } from './import-files.js';
import { cohortsOfLayers, loadFiles, pathsWithImports } from './import-files.js';
import { Reading, type ReadTarget, ReadRecord, listFolder, watchReads } from '../watch/index.js';

/** What {@link configFolder} takes besides the folder; `roots` starts from the folder instead of a file's. */
export interface ConfigFolderOptions extends Omit<FileOptions, 'name'> {
  /** What the files' names start with; `app` when absent. */
  readonly name?: string;
}

/**
 * Settings from the files of a folder that fit the selectors of the load: `app.{ext}`, then
 * `app.{environment}.{region}.{zone}.{deployment}.{cohort}.{ext}`, of which all but the environment may be left out. A
 * selector further to the right is more specific and wins. The environment may be spelled `dev`, `development`, `test`,
 * `testing`, `prod` or `production`; the extension is `.yaml`, `.yml`, `.json`, `.jsonc` or `.toml`. `$cohorts: { canary: 5%
 * }` at the root of a file sets the share of instances that read the files of a cohort. Subpath: `uno-config`.
 *
 * @param folder relative to the working directory
 * @throws ConfigError when it loads: `source-not-found` when no file fits, `unknown-environment`, `ambiguous-file`,
 *   `invalid-file-name`, `invalid-selector`, `invalid-cohort`, and what `jsonFile`, `yamlFile` and `tomlFile` throw.
 * @example
 * ```ts
 * const source = configFolder('config');
 * ```
 */
export function configFolder(folder: string, options: ConfigFolderOptions = {}): ConfigSource {
  option.path.read(folder, 'configFolder: folder');
  const { name: prefix, ...rest } = readOptions('configFolder', options, OPTIONS);
  const { references, maxSize: maxBytes, roots } = rest;
  const name = join(folder, prefix);
  const listing: ReadTarget = {
    kind: 'folder',
    path: folder,
    matters: (fileName) => fileName.startsWith(`${prefix}.`),
  };
  const record = new ReadRecord([listing]);
  return Object.freeze({
    name,
    id: sourceId('configFolder', folder, { ...rest, name: prefix }),
    load: (context) =>
      record.during(context, async (reading) => {
        const { previous, environments, params } = context;
        const fileNames = await listFolder(listing, reading);
        const files = configurationFiles(folder, prefix, fileNames, environments);
        const work = { reading, references, maxBytes, roots, previous, cohorts: true, params };
        const entries = entriesOf(folder, applicableFiles(files, context, []));
        const base = await loadFiles(entries, work);
        const cohorts = cohortsOfLayers(base);
        const all = entriesOf(folder, applicableFiles(files, context, cohortsOf(context, cohorts)));
        if (all.length === 0) throw nothingFits(folder, prefix, context);
        const layers =
          all.length === entries.length
            ? base
            : await loadFiles(all, { ...work, previous: [...(previous ?? []), ...base] });
        const words = new Set(files.flatMap(({ selectors }) => selectors));
        tellOfCohorts(layers, { cohorts, words, isFirst: reading.isFirst }, context);
        // Later on, a stray file must not keep settings from being reloaded.
        if (reading.isFirst) await tellOfUnused({ folder, prefix, files, fileNames, reading }, context);
        return layers;
      }),
    files: async ({ signal, environments }) => {
      const fileNames = await listFolder(listing, new Reading({ signal }));
      const found = configurationFiles(folder, prefix, fileNames, environments);
      // One by one, as a load of one environment or another would take them.
      const paths = found.map(async (file) => pathsWithImports(entriesOf(folder, [file]), { signal, maxBytes, roots }));
      return [...new Set((await Promise.all(paths)).flat())];
    },
    watch: (context) => watchReads(context, record, { name, maxBytes }),
  } satisfies ConfigSource);
}

const OPTIONS = { ...FILE_OPTIONS, name: option.or(option.path, 'app') } satisfies OptionKinds<ConfigFolderOptions>;

interface FolderReading {
  readonly folder: string;
  readonly prefix: string;
  readonly files: readonly SelectedFile[];
  readonly fileNames: readonly string[];
  readonly reading: Reading;
}

/** What has the ending of settings and is not read may be meant to be. */
async function tellOfUnused(
  { folder, prefix, files, fileNames, reading }: FolderReading,
  context: LoadContext,
): Promise<void> {
  const { misnamed, others } = unusedFiles(prefix, fileNames, context);
  if (misnamed.length + others.length === 0) return;
  const read = new Set([...reading.noted.values()].map(({ target }) => target.path));
  // What does not apply now is not read, and may import it.
  const unread = files.map(({ fileName }) => join(folder, fileName)).filter((path) => !read.has(path));
  const texts = await Promise.all(
    unread.map(async (path) => readTextFile(path, { signal: context.signal }).catch(() => '')),
  );
  const isUnused = (fileName: string): boolean =>
    !read.has(join(folder, fileName)) && !texts.some((text) => text.includes(fileName));
  refuseMisnamed(folder, prefix, misnamed.filter(isUnused));
  const unused = others.filter(isUnused);
  if (unused.length === 0) return;
  const message = `${folder} has files that are not read as settings: ${unused.join(', ')}.`;
  const fields = { source: join(folder, prefix), files: unused };
  context.logger.log({ level: 'info', event: 'config.source.unused-files', message, fields });
}

function entriesOf(folder: string, files: readonly ApplicableFile[]): readonly FileEntry[] {
  return files.flatMap(({ fileName, chosenBy }) => {
    const path = join(folder, fileName);
    const format = formatByExtension(fileName);
    return format === undefined ? [] : [{ path, name: path, format, ...(chosenBy !== undefined && { chosenBy }) }];
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
