import type { DocumentChanges, StoredDocuments } from '../../core/index.js';
import { changeText, printable } from '../output-text.js';
import type { TextOutput, CommandArguments, CommandIo } from '../command.js';
import { compareSettings, type Comparison } from '../compare-settings.js';
import { safeDocument } from '../safe-document.js';
import { leavesOfJson, type Leaves } from '../setting-leaves.js';
import { UsageError } from '../usage-error.js';
import { type StorePlace, withStore } from './store-place.js';
import { revisionNumber } from './revision-number.js';

export function afterChanges({ revision, documents }: StoredDocuments, changes: DocumentChanges): StoredDocuments {
  const after = new Map(documents);
  for (const [id, document] of changes) {
    if (document === undefined) after.delete(id);
    else after.set(id, document);
  }
  return { revision: revision + 1, documents: after };
}

/** What differs between two states of a store; secrets in plain text are masked, and not compared. */
export function compareDocuments(
  { loaded, store }: StorePlace,
  before: StoredDocuments,
  after: StoredDocuments,
): Comparison {
  const shown = ({ documents }: StoredDocuments): Leaves => {
    const trees = [...documents].map(([id, document]) => [id, safeDocument(document, loaded.plan)] as const);
    const tree = store.documents === 'one' ? (trees[0]?.[1] ?? {}) : Object.fromEntries(trees);
    // Without settings there are no leaves; a tree is never refused.
    return isEmpty(tree) ? new Map() : (leavesOfJson(tree) ?? new Map());
  };
  return compareSettings(shown(before), shown(after));
}

export function comparisonText({ differences, notCompared }: Comparison, out: TextOutput): string {
  const lines = differences.map((difference) => changeText({ ...difference, places: [] }, out));
  const rest = notCompared.length === 0 ? '' : `  Masked, so not compared: ${printable(notCompared.join(', '))}\n`;
  return `${lines.join('')}${rest}`;
}

function isEmpty(tree: unknown): boolean {
  return typeof tree === 'object' && tree !== null && Object.keys(tree).length === 0;
}

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
