import { resolve } from 'node:path';
import { type ByteSize, type ConfigSource, option, type OptionKinds, type OptionValues } from '../../core/index.js';
import type { FileFormat } from '../format/index.js';
import { loadFiles, pathsWithImports } from './import-files.js';
import { ReadRecord, watchReads } from '../watch/index.js';

/** What every file source takes. */
export interface FileOptions {
  /** How errors and logs call the source; the path as given when absent. */
  readonly name?: string;
  /** Whether `${…}` in strings are references; `true` when absent. */
  readonly references?: boolean;
  /** The largest size of a file; `16MiB` when absent. */
  readonly maxSize?: string | ByteSize;
  /**
   * Folders that imported files must lie in; the folder of the file and the working directory when absent (the latter
   * not when it is the root of the file system).
   */
  readonly roots?: readonly string[];
}

export const FILE_OPTIONS = {
  name: option.name,
  references: option.flag,
  maxSize: option.size,
  roots: option.listOf(option.path),
} satisfies OptionKinds<FileOptions>;

/** Makes the source of one file. */
export function fileSource(
  kind: string,
  path: string,
  format: FileFormat,
  options: OptionValues<FileOptions, typeof FILE_OPTIONS>,
): ConfigSource {
  option.path.read(path, `${kind}: path`);
  const { name = path, references, maxSize: maxBytes, roots } = options;
  const record = new ReadRecord([{ kind: 'file', path }]);
  return Object.freeze({
    name,
    get id() {
      return sourceId(kind, path, { ...options, format: format.name });
    },
    load: (context) =>
      record.during(context, (reading) =>
        loadFiles([{ path, name, format }], {
          reading,
          references,
          maxBytes,
          roots,
          previous: context.previous,
          params: context.params,
        }),
      ),
    files: ({ signal }) => pathsWithImports([{ path, name, format }], { signal, maxBytes, roots }),
    watch: (context) => watchReads(context, record, { name, maxBytes }),
  } satisfies ConfigSource);
}

/** The id of a source: equal for equal arguments in one working directory. */
export function sourceId(kind: string, path: string, options: object): string {
  const sorted = Object.entries(options).sort(([one], [other]) => (one < other ? -1 : 1));
  return `${kind}:${resolve(path)}:${JSON.stringify(Object.fromEntries(sorted))}`;
}
