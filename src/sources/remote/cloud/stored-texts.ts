import { ConfigError, isForbiddenKey } from '../../../core/index.js';
import { FILE_EXTENSIONS, formatByExtension, parseFileText } from '../../index.js';
import type { StoredValue } from './value-layer.js';

/** A text under a name, as clouds hold settings. */
export interface StoredText {
  readonly name: string;
  readonly text: string;
  readonly version?: string | undefined;
  readonly isSecret: boolean;
}

/** A document in one of the formats that files have. */
export interface StoredDocument extends Omit<StoredText, 'name'> {
  /** How errors call it. */
  readonly name: string;
  /** `.json`, `.yaml`, `.toml`. */
  readonly extension: string;
  /** Its name in origins; absent where the name of the source says it. */
  readonly key?: string;
}

/** The types of documents by what services call them. */
const TYPES: Readonly<Record<string, string>> = {
  'application/json': '.json',
  'application/yaml': '.yaml',
  'application/x-yaml': '.yaml',
  'text/yaml': '.yaml',
  'text/x-yaml': '.yaml',
  'application/toml': '.toml',
};

/** The extension for a media type; `undefined` for one that is no document. */
export function extensionOfType(type: string | undefined): string | undefined {
  const [media = ''] = (type ?? '').toLowerCase().split(';');
  return TYPES[media.trim()] ?? (/^application\/[\w.+-]+\+json$/.test(media.trim()) ? '.json' : undefined);
}

/**
 * What a text is for: a document where its name ends as that of a file, otherwise the value of a setting with the name as its
 * path, in which dots and double underscores nest.
 *
 * @throws ConfigError of the category `parse` for a document that cannot be read.
 */
export async function storedText(source: string, { name, text, version, isSecret }: StoredText): Promise<StoredValue> {
  const extension = FILE_EXTENSIONS.find((one) => name.toLowerCase().endsWith(one));
  if (extension !== undefined) {
    return storedDocument({ name: `${source} ${name}`, key: name, text, extension, version, isSecret });
  }
  // One line break at the end is the editor's.
  const value = text.replace(/\r?\n$/, '');
  return {
    path: checkedKeys(
      name,
      // Before the underscores are split: __proto__ would be only proto.
      name.split('.').flatMap((part) => (isForbiddenKey(part) ? [part] : part.split('__'))),
    ),
    value,
    key: name,
    version,
    isSecret,
  };
}

/** The value of a whole document. */
export async function storedDocument({ name, text, extension, ...facts }: StoredDocument): Promise<StoredValue> {
  const format = formatByExtension(`settings${extension}`);
  if (format === undefined) throw new TypeError(`${extension} is no format of documents.`);
  const { tree } = await parseFileText(name, text, format);
  return { path: [], value: tree, ...facts };
}

/**
 * The keys that a name was split into.
 *
 * @throws ConfigError `invalid-key` where one of them is empty.
 */
export function checkedKeys(name: string, keys: readonly string[]): readonly string[] {
  if (!keys.includes('')) return keys;
  throw new ConfigError({
    code: 'invalid-key',
    category: 'parse',
    message: `The name ${JSON.stringify(name)} cannot be a setting: a part of it between separators is empty.`,
    recovery: 'Rename it, or choose another separator.',
  });
}
