import type { Command } from '../command.js';
import { SELECTORS } from '../common-options.js';
import { publishChanges } from './publish-changes.js';
import { revisionNumber } from './revision-number.js';
import { PUBLISH_EXIT_CODES, PUBLISH_OPTIONS, STORE_OPTIONS } from './store-options.js';
import { withStore } from './store-place.js';

export const rollbackCommand: Command = {
  name: 'rollback',
  summary: 'publish what an earlier revision of a store held, as a new revision; checked before',
  words: ['revision'],
  single: true,
  options: {
    document: { type: 'string', value: 'id', description: 'of a store of many documents: only this one' },
    ...PUBLISH_OPTIONS,
    ...SELECTORS,
    ...STORE_OPTIONS,
  },
  exitCodes: PUBLISH_EXIT_CODES,
  run: (args, io) =>
    withStore(args, io, async (place) => {
      const revision = revisionNumber(args.words[0] ?? '');
      const target = await place.store.read(revision);
      const only = args.text('document');
      return publishChanges(
        place,
        (head) => {
          const ids = only === undefined ? new Set([...head.documents.keys(), ...target.documents.keys()]) : [only];
          return new Map([...ids].map((id) => [id, target.documents.get(id)]));
        },
        args.text('comment') ?? `back to revision ${String(revision)}`,
        args,
        io,
      );
    }),
};
