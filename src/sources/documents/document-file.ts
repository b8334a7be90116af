import { dirname } from 'node:path';
import {
  type ConfigLayer,
  type ConfigOrigin,
  type ConfigPath,
  type ConfigSource,
  ConfigError,
  createLayer,
  isConfigMap,
  option,
  type OptionKinds,
  readOptions,
  sameValue,
} from '../../core/index.js';
import { type FileOptions, FILE_OPTIONS, loadFiles, pathsWithImports, sourceId } from '../file/index.js';
import { FILE_EXTENSIONS, formatByExtension } from '../format/index.js';
import { ReadRecord, watchReads } from '../watch/index.js';

/** What {@link documentFile} takes besides the path. */
export type DocumentFileOptions = Pick<FileOptions, 'references' | 'maxSize'>;

export const DOCUMENT_OPTIONS = {
  references: FILE_OPTIONS.references,
  maxSize: FILE_OPTIONS.maxSize,
} satisfies OptionKinds<DocumentFileOptions>;

/** A document, and the layer of the file that it is a part of. */
interface Part {
  readonly layer: ConfigLayer;
  /** Moves on when the file is read again: the same words may be on other lines. */
  file: ConfigLayer;
}

/**
 * A document for each key at the root of one file. A key that holds no map fails alone; a file that cannot be parsed fails
 * as a whole.
 *
 * @throws TypeError when the extension of the path names no format.
 */
export function documentFile(kind: string, path: string, options: DocumentFileOptions = {}): ConfigSource {
  option.path.read(path, `${kind}: path`);
  const { references, maxSize: maxBytes } = readOptions(kind, options, DOCUMENT_OPTIONS);
  const format = formatByExtension(path);
  if (format === undefined) throw new TypeError(`${kind}: path must end in ${FILE_EXTENSIONS.join(', ')}.`);
  const entries = [{ path, name: path, format }];
  const roots = [dirname(path)];
  const record = new ReadRecord([{ kind: 'file', path }]);
  let files: readonly ConfigLayer[] = [];
  let parts: ReadonlyMap<string, readonly Part[]> = new Map();
  return Object.freeze({
    name: path,
    id: sourceId(kind, path, options),
    load: (context) =>
      record.during(context, async (reading) => {
        files = await loadFiles(entries, { reading, references, maxBytes, roots, previous: files });
        parts = partsOf(files, parts);
        const documents = new Map<string, readonly ConfigLayer[] | ConfigError>();
        for (const [id, said] of parts) documents.set(id, notMap(id, files) ?? said.map(({ layer }) => layer));
        return documents;
      }),
    files: ({ signal }) => pathsWithImports(entries, { signal, maxBytes, roots }),
    documentOf: () => undefined,
    watch: (context) => watchReads(context, record, { name: path, maxBytes }),
  } satisfies ConfigSource);
}

function partsOf(
  files: readonly ConfigLayer[],
  before: ReadonlyMap<string, readonly Part[]>,
): ReadonlyMap<string, readonly Part[]> {
  const parts = new Map<string, Part[]>();
  for (const file of files) {
    for (const [id, said] of Object.entries(file.tree)) {
      const own = parts.get(id) ?? [];
      parts.set(id, own);
      const tree = isConfigMap(said) ? said : {};
      const known = before.get(id)?.[own.length];
      if (known?.file.name === file.name && sameValue(known.layer.tree, tree)) {
        known.file = file;
        own.push(known);
      } else own.push(partOf(file, id, tree));
    }
  }
  return parts;
}

function partOf(file: ConfigLayer, id: string, tree: ConfigLayer['tree']): Part {
  const part: Part = {
    file,
    layer: createLayer({
      name: file.name,
      kind: file.kind,
      references: file.references,
      tree,
      locate: (path: ConfigPath): ConfigOrigin => part.file.locate([id, ...path]),
      locateKey: (path: ConfigPath): ConfigOrigin =>
        part.file.locateKey?.([id, ...path]) ?? part.file.locate([id, ...path]),
    }),
  };
  return part;
}

function notMap(id: string, files: readonly ConfigLayer[]): ConfigError | undefined {
  const wrong = files.find(({ tree }) => Object.hasOwn(tree, id) && !isConfigMap(tree[id]));
  if (wrong === undefined) return undefined;
  const { source, line } = wrong.locate([id]);
  return new ConfigError({
    code: 'not-a-map',
    message: `${source}${line === undefined ? '' : `:${String(line)}`}: the document "${id}" is no map of settings.`,
    recovery: 'Write its settings below it; {} when it has none of its own.',
  });
}
