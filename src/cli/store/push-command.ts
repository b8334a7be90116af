import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import {
  ConfigError,
  type ConfigMap,
  type DocumentChanges,
  formatPath,
  isConfigMap,
  parsePath,
  sameSettings,
  type StoredDocuments,
  UNSET,
} from '../../core/index.js';
import { FILE_EXTENSIONS, formatByExtension, parseFileText } from '../../sources/index.js';
import type { Command, CommandArguments } from '../command.js';
import { SELECTORS } from '../common-options.js';
import { UsageError } from '../usage-error.js';
import { revisionConflict } from '../../sources/remote/index.js';
import { type ChangesFrom, publishChanges } from './publish-changes.js';
import { revisionIn } from './revision-number.js';
import { PUBLISH_EXIT_CODES, PUBLISH_OPTIONS, STORE_OPTIONS } from './store-options.js';
import { type StorePlace, withStore } from './store-place.js';

export const pushCommand: Command = {
  name: 'push',
  summary: 'publish a file of settings, or single ones, in the store that the program reads; checked before',
  words: ['file | path=value'],
  moreWords: 'path=value',
  single: true,
  options: {
    expected: {
      type: 'string',
      value: 'revision',
      description: 'the revision that the file starts from; default: what its first line says, as pull writes it',
    },
    force: { type: 'boolean', description: 'publish whatever was published since' },
    document: { type: 'string', value: 'id', description: 'of a store of many documents: which one' },
    plan: { type: 'string', value: 'name', description: 'path=value in the documents of all tenants with this plan' },
    all: { type: 'boolean', description: 'path=value in all documents' },
    ...PUBLISH_OPTIONS,
    ...SELECTORS,
    ...STORE_OPTIONS,
  },
  exitCodes: PUBLISH_EXIT_CODES,
  run: (args, io) =>
    withStore(args, io, async (place) => {
      const values = args.words.map(assignment);
      const isValues = values.every((value) => value !== undefined);
      if (!isValues && args.words.length > 1) {
        throw new UsageError(
          'push takes one file, or values as path=value.',
          'Write, for example: push pricing.vat=19.',
        );
      }
      const changesFrom = isValues
        ? (head: StoredDocuments) => valueChanges(place, head, values.filter(isThere), args)
        : await fileChanges(place, resolve(io.folder, args.words[0] ?? ''), args);
      return publishChanges(place, changesFrom, args.text('comment'), args, io);
    }),
};

/** One value to set; `undefined` removes it. */
interface Assignment {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** `path=value`; what is no JSON is a string, and an empty value removes the setting. */
function assignment(word: string): Assignment | undefined {
  const at = word.indexOf('=');
  if (at <= 0 || /[/\\]/.test(word.slice(0, at))) return undefined;
  const [name, text] = [word.slice(0, at), word.slice(at + 1)];
  let path: readonly string[];
  try {
    path = parsePath(name);
  } catch (error) {
    throw ConfigError.is(error) ? new UsageError(`${JSON.stringify(name)} is no path of a setting.`) : error;
  }
  return { path, value: text === '' ? undefined : valueOf(text) };
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}

function valueChanges(
  { store }: StorePlace,
  { documents }: StoredDocuments,
  values: readonly Assignment[],
  args: CommandArguments,
): DocumentChanges {
  const ids = store.documents === 'one' ? [''] : idsNamed(store.name, documents, args);
  return new Map(
    ids.map((id) => [
      id,
      values.reduce<object>((document, value) => withValue(document, value), documents.get(id) ?? {}),
    ]),
  );
}

function idsNamed(name: string, documents: StoredDocuments['documents'], args: CommandArguments): readonly string[] {
  const [id, plan] = [args.text('document'), args.text('plan')];
  if (id !== undefined) return [id];
  if (args.flag('all')) return [...documents.keys()];
  if (plan === undefined) {
    throw new UsageError(`${name} holds many documents.`, 'Name one with --document, or write --plan <name> or --all.');
  }
  const ofPlan = [...documents].filter(([, document]) => planOf(document) === plan).map(([one]) => one);
  if (ofPlan.length > 0) return ofPlan;
  throw new UsageError(`${name} has no document of the plan ${JSON.stringify(plan)}.`);
}

function planOf(document: object): unknown {
  const facts: unknown = Reflect.get(document, '$tenant');
  return isConfigMap(facts) ? facts['plan'] : undefined;
}

/** The document with another value at a path; maps on the way are made. */
function withValue(document: object, { path, value }: Assignment, depth = 0): object {
  const key = path[depth] ?? '';
  const map: ConfigMap = { ...document };
  const inside = Object.hasOwn(map, key) ? map[key] : undefined;
  if (depth < path.length - 1) {
    if (inside !== undefined && !isConfigMap(inside)) {
      throw new UsageError(
        `${formatPath(path)} cannot be set: ${JSON.stringify(key)} is no map.`,
        'Push a file instead.',
      );
    }
    return withOwn(map, key, withValue(inside ?? {}, { path, value }, depth + 1));
  }
  if (value !== undefined) return withOwn(map, key, value);
  return Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
}

/** Unlike an assignment, this makes `__proto__` an own key, which the check refuses with its place. */
function withOwn(map: ConfigMap, key: string, value: unknown): object {
  return Object.fromEntries([...Object.entries(map).filter(([name]) => name !== key), [key, value]]);
}

async function fileChanges(place: StorePlace, path: string, args: CommandArguments): Promise<ChangesFrom> {
  const files = await documentFiles(place, path, args);
  const { store } = place;
  return async (head) => {
    for (const { id, name, revision } of files) {
      if (args.flag('force')) continue;
      const expected = revision ?? expectedOf(args);
      if (expected === undefined && !head.documents.has(id)) continue;
      if (expected === undefined) {
        throw new UsageError(
          `${name} does not say which revision it starts from, and ${store.name} is at revision ${String(head.revision)}.`,
          `Get it with uno-config pull, or write --expected ${String(head.revision)}.`,
        );
      }
      const start = expected === head.revision ? head : expected === 0 ? undefined : await store.read(expected);
      if (sameSettings(start?.documents.get(id), head.documents.get(id))) continue;
      throw revisionConflict({ source: store.name, expected, found: head.revision });
    }
    return new Map(files.map(({ id, document }) => [id, document]));
  };
}

interface DocumentFile {
  readonly id: string;
  readonly name: string;
  readonly document: object;
  /** That it starts from, where it says so. */
  readonly revision: number | undefined;
}

async function documentFiles(
  { store }: StorePlace,
  path: string,
  args: CommandArguments,
): Promise<readonly DocumentFile[]> {
  const id = args.text('document');
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
  if (store.documents === 'one') {
    if (isFolder) throw new UsageError(`${store.name} holds one document.`, 'Push one file.');
    return [await documentFile(path, '')];
  }
  if (!isFolder && id === undefined) {
    throw new UsageError(`${store.name} holds many documents.`, 'Name one with --document, or push a folder of files.');
  }
  if (!isFolder) return [await documentFile(path, id ?? '')];
  const names = (await readdir(path)).filter((name) => formatByExtension(name) !== undefined).toSorted();
  if (names.length === 0) throw new UsageError(`There are no files of settings in ${path}.`);
  return Promise.all(names.map(async (name) => documentFile(join(path, name), basename(name, extname(name)))));
}

async function documentFile(path: string, id: string): Promise<DocumentFile> {
  const name = basename(path);
  const format = formatByExtension(path);
  if (format === undefined) {
    throw new UsageError(`${name} is no file of settings.`, `Its name must end in ${FILE_EXTENSIONS.join(', ')}.`);
  }
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UsageError(`${name} cannot be read.`, `It was looked for at ${path}.`);
  });
  const { tree } = await parseFileText(name, text.replace(/^\uFEFF/, ''), format);
  return { id, name, document: inJson(tree, name), revision: revisionIn(text) };
}

/** As JSON has it, which is what stores hold. */
function inJson(tree: ConfigMap, name: string): object {
  const look = (value: unknown): unknown => {
    if (value === UNSET) return { $unset: true };
    if (Array.isArray(value)) return value.map(look);
    if (isConfigMap(value)) return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, look(below)]));
    if (value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value)) return value;
    throw new UsageError(`${name} holds a value that JSON does not have.`, 'Write it as a string.');
  };
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, look(value)]));
}

function expectedOf(args: CommandArguments): number | undefined {
  const text = args.text('expected');
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UsageError('--expected must be a revision: a whole number.');
}
