import { ConfigError, isForbiddenKey } from '../../../core/index.js';
import { FILE_EXTENSIONS, formatByExtension, parseFileText } from '../../index.js';
import type { StoredValue } from './value-layer.js';

export interface StoredText {
  readonly name: string;
  readonly text: string;
  readonly version?: string | undefined;
  readonly isSecret: boolean;
}

export interface StoredDocument extends Omit<StoredText, 'name'> {
  /** How errors call it. */
  readonly name: string;
  /** `.json`, `.yaml`, `.toml`. */
  readonly extension: string;
  /** Its name in origins; absent where the name of the source says it. */
  readonly key?: string;
}

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
  const extension = documentExtension(name);
  if (extension !== undefined) {
    return storedDocument({ name: `${source} ${name}`, key: name, text, extension, version, isSecret });
  }
  // One line break at the end is the editor's.
  const value = text.replace(/\r?\n$/, '');
  return {
    path: nestedKeys(name),
    value,
    key: name,
    version,
    isSecret,
  };
}

export async function storedDocument({ name, text, extension, ...facts }: StoredDocument): Promise<StoredValue> {
  const format = formatByExtension(`settings${extension}`);
  if (format === undefined) throw new TypeError(`${extension} is no format of documents.`);
  const { tree } = await parseFileText(name, text, format);
  return { path: [], value: tree, ...facts };
}

/** The keys in a name, in which `.`, `:`, `/` and `__` nest. `inner`: the part of the name that counts. */
export function nestedKeys(name: string, inner = name): readonly string[] {
  // Before the underscores are split: __proto__ would be only proto.
  const keys = inner.split(/[.:/]/).flatMap((part) => (isForbiddenKey(part) ? [part] : part.split('__')));
  return checkedKeys(name, keys);
}

/** The keys that a name was split into. Throws ConfigError `invalid-key` where one of them is empty. */
export function checkedKeys(name: string, keys: readonly string[]): readonly string[] {
  if (!keys.includes('')) return keys;
  throw new ConfigError({
    code: 'invalid-key',
    message: `The name ${JSON.stringify(name)} cannot be a setting: a part of it between separators is empty.`,
    recovery: 'Rename it, or choose another separator.',
  });
}

export function documentExtension(name: string): string | undefined {
  return FILE_EXTENSIONS.find((extension) => name.toLowerCase().endsWith(extension));
}

export interface StoredSecret {
  /** How errors call it. */
  readonly name: string;
  readonly text: string;
  readonly version: string;
  /** Whether a single value has a place to go to: the option `at`. */
  readonly isPlaced: boolean;
}

/**
 * A JSON object is a document of secrets, any other text is one.
 *
 * @throws ConfigError `not-a-map` for a single value that has no place, and what is wrong with an object.
 */
export async function storedSecret({ name, text, version, isPlaced }: StoredSecret): Promise<StoredValue> {
  if (/^\s*\{/.test(text)) return storedDocument({ name, text, extension: '.json', version, isSecret: true });
  if (isPlaced) return { path: [], value: text.replace(/\r?\n$/, ''), version, isSecret: true };
  throw new ConfigError({
    code: 'not-a-map',
    message: `${name} holds a single value, and not a JSON object of settings.`,
    recovery: 'Say which setting it is with the option at.',
  });
}
