import {
  ConfigError,
  type ConfigPath,
  type DocumentChanges,
  formatPath,
  isConfigMap,
  type StoredDocuments,
} from '../../core/index.js';
import type { Migrations } from '../../runtime/index.js';
import { printable, jsonText } from '../output-text.js';
import { EXIT, type CommandArguments, type CommandIo, type ExitCode } from '../command.js';
import type { LoadedDefinition } from '../load-definition.js';
import {
  afterChanges,
  compareDocuments,
  comparisonText,
  noSuchStore,
  publishChanges,
  type StorePlace,
  storePlaces,
} from '../store/index.js';
import { unusable, UsageError } from '../usage-error.js';
import { encryptAgain } from './encrypt-again.js';
import { migrateDocument, PlainTree } from './migrate-text.js';
import { TextRefusal } from './tree-text.js';

/**
 * Brings the documents of stores to the versions of the sections, and publishes them as one revision of each.
 *
 * @throws UsageError when a store cannot be reached, or a document cannot be changed.
 */
export async function migrateStores(
  loaded: LoadedDefinition,
  migrations: Migrations,
  args: CommandArguments,
  io: CommandIo,
): Promise<ExitCode> {
  const name = args.text('store');
  // Ceilings are bounds of values, and no documents of settings.
  const all = storePlaces(loaded).filter(({ holds }) => holds !== 'ceiling');
  const places = name === undefined ? all : all.filter(({ store }) => store.name === name);
  if (name !== undefined && places.length === 0) throw noSuchStore(all, name, loaded.file);
  let code: ExitCode = EXIT.ok;
  for (const place of places) {
    try {
      if ((await migrateStore(place, migrations, args, io)) !== EXIT.ok) code = EXIT.different;
    } catch (error) {
      throw ConfigError.is(error) && error.code !== 'revision-conflict' ? unusable(error) : error;
    }
  }
  return code;
}

async function migrateStore(
  place: StorePlace,
  migrations: Migrations,
  args: CommandArguments,
  io: CommandIo,
): Promise<ExitCode> {
  const changesFrom = (head: StoredDocuments): Promise<DocumentChanges> => changesOf(place, head, migrations, args, io);
  if (args.flag('write')) return publishChanges(place, changesFrom, args.text('comment') ?? 'migrated', args, io);
  const head = await place.store.read();
  const changes = await changesFrom(head);
  const store = printable(place.store.name);
  const count = changes.size === 1 ? '1 document' : `${String(changes.size)} documents`;
  const comparison = compareDocuments(place, head, afterChanges(head, changes));
  if (args.flag('json'))
    io.out.write(jsonText({ store: place.store.name, documents: [...changes.keys()], ...comparison }));
  else if (changes.size === 0) io.out.write(`${store}: current\n`);
  else io.out.write(`${store}: ${count} of an earlier version\n${comparisonText(comparison, io.out)}`);
  return changes.size === 0 ? EXIT.ok : EXIT.different;
}

async function changesOf(
  { store, holds, loaded }: StorePlace,
  { documents }: StoredDocuments,
  migrations: Migrations,
  args: CommandArguments,
  io: CommandIo,
): Promise<DocumentChanges> {
  const changes = new Map<string, object>();
  for (const [id, document] of documents) {
    if (!isConfigMap(document)) continue;
    const tree = new PlainTree(document);
    const tenant = holds === 'layers' ? id : undefined;
    const where = id === '' ? store.name : `${store.name}, ${id}`;
    try {
      const again = encryptAgain(args, io, loaded, tenant);
      const made = await migrateDocument(tree, { migrations, encryptAgain: again, stamps: true });
      const [problem] = made.problems;
      if (problem !== undefined) {
        throw new UsageError(`${formatPath(problem.path)} ${problem.message}`, problem.hint);
      }
      // Of tenants and plans no step has defaults.
      const [first] = holds === 'base' ? leafPaths(made.defaults, []) : [];
      if (first !== undefined) {
        const setting = formatPath(first);
        throw new UsageError(
          `${setting} has a default of an earlier version, which ends with it`,
          `Publish the value that is in use, and do it again: uno-config push ${setting}=<value>.`,
        );
      }
    } catch (error) {
      if (!(error instanceof TextRefusal) && !(error instanceof UsageError)) throw error;
      throw new UsageError(
        `${printable(where)} cannot be brought to the current version: ${error.message}.`,
        error.hint,
      );
    }
    if (tree.tree !== document) changes.set(id, tree.tree);
  }
  return changes;
}

function leafPaths(tree: unknown, above: ConfigPath): readonly ConfigPath[] {
  if (!isConfigMap(tree)) return [above];
  return Object.entries(tree).flatMap(([key, value]) => leafPaths(value, [...above, key]));
}
