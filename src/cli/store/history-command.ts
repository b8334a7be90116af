import { printable, jsonText } from '../output-text.js';
import type { SettingsRelease } from '../../core/index.js';
import { EXIT, type Command, type ExitCode } from '../command.js';
import { revisionNumber } from './revision-number.js';
import { STORE_OPTIONS } from './store-options.js';
import { withStore } from './store-place.js';

const USUAL = 20;
/** More ids of documents than these are counted. */
const MOST_NAMED = 5;

export const historyCommand: Command = {
  name: 'history',
  summary: 'list the releases of a store: revision, time, author, comment',
  words: [],
  options: {
    limit: { type: 'string', value: 'number', description: `how many, the newest first; default: ${String(USUAL)}` },
    ...STORE_OPTIONS,
  },
  run: (args, io) =>
    withStore(args, io, async ({ store }): Promise<ExitCode> => {
      const limit = args.text('limit');
      const releases = await store.history(limit === undefined ? USUAL : revisionNumber(limit));
      if (args.flag('json')) io.out.write(jsonText({ store: store.name, releases }));
      else if (releases.length === 0) io.out.write(`${printable(store.name)} has no releases yet.\n`);
      else io.out.write(`${printable(store.name)}\n${releases.map(line).join('')}`);
      return EXIT.ok;
    }),
};

function line({ revision, at, author = '', comment = '', documents }: SettingsRelease): string {
  const named = documents.filter((id) => id !== '');
  const more = named.length > MOST_NAMED ? ` and ${String(named.length - MOST_NAMED)} more` : '';
  const ids = named.length === 0 ? '' : `[${named.slice(0, MOST_NAMED).join(', ')}${more}]`;
  const time = at === undefined ? '' : new Date(at).toISOString();
  const words = [String(revision).padStart(5), time, author, comment, ids].filter((word) => word !== '');
  return `${printable(words.join('  '))}\n`;
}
