import type { StoredDocuments } from '../../core/index.js';
import type { CommandArguments } from '../command-arguments.js';
import type { CommandIo } from '../command-io.js';
import type { Comparison } from '../compare-settings.js';
import { UsageError } from '../usage-error.js';
import { compareDocuments } from './document-changes.js';
import { revisionNumber } from './revision-number.js';
import { withStore } from './store-place.js';

export interface ComparedSides {
  readonly sides: readonly [{ readonly name: string }, { readonly name: string }];
  readonly comparison: Comparison;
}

/**
 * Compares two revisions of a store, where the command line names a revision: `--from @41 --to @42`; without `--to` the
 * newest. Nothing where it names none.
 */
export async function diffRevisions(args: CommandArguments, io: CommandIo): Promise<ComparedSides | undefined> {
  const [from, to] = [args.text('from'), args.text('to')];
  const isOne = (side: string | undefined): boolean => side?.startsWith('@') === true;
  if (!isOne(from) && !isOne(to)) return undefined;
  if (from === undefined || !isOne(from) || (to !== undefined && !isOne(to))) {
    throw new UsageError('A revision can only be compared with another one.', 'Write --from @41 --to @42.');
  }
  return withStore(args, io, async (place) => {
    const { store } = place;
    const before = await store.read(revisionNumber(from));
    const after = await store.read(to === undefined ? undefined : revisionNumber(to));
    const name = ({ revision }: StoredDocuments): { readonly name: string } => ({
      name: `${store.name}@${String(revision)}`,
    });
    return { sides: [name(before), name(after)], comparison: compareDocuments(place, before, after) };
  });
}
