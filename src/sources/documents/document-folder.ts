import { readdir, rm } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import {
  type ConfigLayer,
  type ConfigSource,
  type KeptDocument,
  ConfigError,
  option,
  readOptions,
} from '../../core/index.js';
import { loadFiles, pathsWithImports, sourceId } from '../file/index.js';
import { DOCUMENT_OPTIONS, type DocumentFileOptions } from './document-file.js';
import { formatByExtension } from '../format/index.js';
import { fileError } from '../read/index.js';
import { type Reading, ReadRecord, type ReadTarget, listFolder, watchReads } from '../watch/index.js';

/** What {@link documentFolder} takes besides the folder. */
export type DocumentFolderOptions = DocumentFileOptions;

/** So many files are open at once. */
const AT_ONCE = 32;

/**
 * A document for each file of a folder, by the file's name without its ending: `acme.yaml` is the document `acme`. A file
 * that cannot be used fails alone. A file may import what is in the folder of its own name, `acme/`, and nothing else.
 */
export function documentFolder(kind: string, folder: string, options: DocumentFolderOptions = {}): ConfigSource {
  option.path.read(folder, `${kind}: folder`);
  const { references, maxSize: maxBytes } = readOptions(kind, options, DOCUMENT_OPTIONS);
  const listing: ReadTarget = { kind: 'folder', path: folder, matters: isDocument };
  const record = new ReadRecord([listing]);
  /** The last layers of each document, so that an unchanged one is the same object. */
  let known: ReadonlyMap<string, readonly ConfigLayer[]> = new Map();
  return Object.freeze({
    name: folder,
    id: sourceId(kind, folder, options),
    load: (context) =>
      record.during(context, async (reading) => {
        const files = byId((await listFolder(listing, reading)).filter(isDocument));
        const read = async ([id, [name = '', ...others]]: readonly [string, readonly string[]]): Promise<
          readonly [string, readonly ConfigLayer[] | ConfigError]
        > => {
          if (others.length > 0) return [id, ambiguous(folder, [name, ...others])];
          return [
            id,
            await readDocument(join(folder, name), join(folder, id), { reading, references, maxBytes }, known.get(id)),
          ];
        };
        const documents = new Map<string, readonly ConfigLayer[] | ConfigError>();
        const waiting = [...files];
        while (waiting.length > 0) {
          const some = await Promise.all(waiting.splice(0, AT_ONCE).map(read));
          for (const [id, document] of some) documents.set(id, document);
        }
        known = new Map([...documents].flatMap(([id, said]) => (ConfigError.is(said) ? [] : [[id, said]])));
        return documents;
      }),
    files: async ({ signal }) => {
      const names = await readdir(folder);
      const lists = names.filter(isDocument).map(async (name): Promise<readonly string[]> => {
        const path = join(folder, name);
        const format = formatByExtension(name);
        // Where it has no folder of its own, it has nothing to import.
        if (format === undefined || !names.includes(stem(name))) return [path];
        const roots = [join(folder, stem(name))];
        return pathsWithImports([{ path, name: path, format }], { signal, maxBytes, roots }).catch(() => [path]);
      });
      return (await Promise.all(lists)).flat();
    },
    documentOf: (file) => {
      const [first = ''] = relative(folder, file).split(sep);
      return isDocument(first) ? stem(first) : first;
    },
    watch: (context) => watchReads(context, record, { name: folder, maxBytes }),
    kept: async (id) => keptIn(folder, id),
  } satisfies ConfigSource);
}

/** The files of a document, and the folder of its own name, which it alone may import from. */
async function keptIn(folder: string, id: string): Promise<KeptDocument | undefined> {
  const names = (await readdir(folder)).filter((name) => name === id || (isDocument(name) && stem(name) === id));
  if (!names.some(isDocument)) return undefined;
  const paths = names.map((name) => join(folder, name));
  return {
    names: paths,
    erase: async () => {
      await Promise.all(paths.map(async (path) => rm(path, { recursive: true })));
    },
  };
}

function stem(name: string): string {
  return name.slice(0, -extname(name).length);
}

interface DocumentReading {
  readonly reading: Reading;
  readonly references: boolean | undefined;
  readonly maxBytes: number | undefined;
}

async function readDocument(
  path: string,
  root: string,
  options: DocumentReading,
  previous: readonly ConfigLayer[] | undefined,
): Promise<readonly ConfigLayer[] | ConfigError> {
  const format = formatByExtension(path);
  if (format === undefined) throw new RangeError(`${path} has no format.`);
  try {
    return await loadFiles([{ path, name: path, format }], { ...options, roots: [root], previous });
  } catch (error) {
    if (ConfigError.is(error) && !options.reading.signal.aborted) return error;
    throw error;
  }
}

function isDocument(name: string): boolean {
  return !name.startsWith('.') && formatByExtension(name) !== undefined;
}

function byId(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const files = new Map<string, string[]>();
  for (const name of names.toSorted()) {
    const id = stem(name);
    const known = files.get(id);
    if (known === undefined) files.set(id, [name]);
    else known.push(name);
  }
  return files;
}

function ambiguous(folder: string, names: readonly string[]): ConfigError {
  return fileError(
    'ambiguous-file',
    `${folder} has several files for one document: ${names.join(', ')}.`,
    'Keep one of them.',
  );
}
