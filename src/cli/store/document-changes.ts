import type { DocumentChanges, StoredDocuments } from '../../core/index.js';
import { changeText, printable } from '../change-text.js';
import type { TextOutput } from '../command-io.js';
import { compareSettings, type Comparison } from '../compare-settings.js';
import { safeDocument } from '../safe-document.js';
import { leavesOfJson, type Leaves } from '../setting-leaves.js';
import type { StorePlace } from './store-place.js';

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
