import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type StoredDocuments, yamlText } from '../../core/index.js';
import { EXIT, type Command, type CommandArguments, type CommandIo, type ExitCode } from '../command.js';
import { CONFIG_FILE, formats } from '../common-options.js';
import { jsonText, printable } from '../output-text.js';
import { safeDocument } from '../safe-document.js';
import { UsageError } from '../usage-error.js';
import { revisionLine, revisionNumber } from './revision-number.js';
import { writeWhole } from '../write-file.js';
import { STORE_OPTIONS } from './store-options.js';
import { type StorePlace, withStore } from './store-place.js';

export const pullCommand: Command = {
  name: 'pull',
  summary: 'print what a store holds, to edit and push it; secrets as they are encrypted, or masked',
  words: [],
  single: true,
  options: {
    revision: { type: 'string', value: 'number', description: 'an earlier revision; default: the newest' },
    document: { type: 'string', value: 'id', description: 'of a store of many documents: which one' },
    to: { type: 'string', value: 'folder', description: 'write each of many documents to a file there' },
    ...STORE_OPTIONS,
    ...formats(['yaml', 'json']),
    ...CONFIG_FILE,
  },
  run: (args, io) =>
    withStore(args, io, async (place) => {
      const revision = args.text('revision');
      const state = await place.store.read(revision === undefined ? undefined : revisionNumber(revision));
      const folder = args.text('to');
      return folder === undefined ? print(place, state, args, io) : write(place, state, resolve(io.folder, folder), io);
    }),
};

function print(place: StorePlace, state: StoredDocuments, args: CommandArguments, io: CommandIo): ExitCode {
  const { store, loaded } = place;
  const id = args.text('document') ?? '';
  if (store.documents === 'many' && id === '') {
    throw new UsageError(`${store.name} holds many documents.`, 'Name one with --document, or write --to <folder>.');
  }
  const document = state.documents.get(id);
  if (document === undefined) {
    throw new UsageError(
      `${store.name} holds no ${id === '' ? 'settings' : `document ${JSON.stringify(id)}`} in revision ${String(state.revision)}.`,
      'See uno-config history.',
    );
  }
  const safe = safeDocument(document, loaded.plan);
  if (args.flag('json')) io.out.write(jsonText({ store: store.name, revision: state.revision, document: safe }));
  else io.out.write(`${revisionLine(store.name, state.revision)}${yamlText(safe)}`);
  return EXIT.ok;
}

async function write(
  { store, loaded }: StorePlace,
  { revision, documents }: StoredDocuments,
  folder: string,
  io: CommandIo,
): Promise<ExitCode> {
  if (store.documents === 'one') throw new UsageError(`${store.name} holds one document.`, 'Leave out --to.');
  await mkdir(folder, { recursive: true });
  for (const [id, document] of documents) {
    // An id is a name, and may have slashes, which a name of a file may not.
    if (id.includes('/'))
      throw new UsageError(`The document ${JSON.stringify(id)} cannot be a file.`, 'Pull it alone.');
    const text = `${revisionLine(store.name, revision)}${yamlText(safeDocument(document, loaded.plan))}`;
    await writeWhole(folder, `${id}.yaml`, text, 0o600);
  }
  const count = documents.size === 1 ? '1 document' : `${String(documents.size)} documents`;
  io.out.write(`wrote ${count} of ${printable(store.name)}, revision ${String(revision)}\n`);
  return EXIT.ok;
}
