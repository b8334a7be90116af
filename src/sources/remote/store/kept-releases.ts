import type { SettingsRelease } from '../../../core/index.js';
import type { NewRelease, StoreState } from './store-driver.js';

/** A release as stores keep it that are no databases: as JSON text. */
export interface KeptRelease {
  readonly revision: number;
  readonly at: number;
  readonly author?: string;
  readonly comment?: string;
  /** JSON text by id; `null` where a document was deleted. */
  readonly changes: Readonly<Record<string, string | null>>;
}

/** A release as text, but for its revision and time, which the store gives. */
export function releaseText({ changes, author, comment }: NewRelease): string {
  const kept = Object.fromEntries([...changes].map(([id, content]) => [id, content ?? null]));
  return JSON.stringify({ author, comment, changes: kept });
}

/** What was kept, read; nothing where somebody else has written something there. */
export function keptRelease(revision: number, at: number, text: string): readonly KeptRelease[] {
  try {
    const { author, comment, changes } = JSON.parse(text) as Partial<Record<keyof KeptRelease, unknown>>;
    if (typeof changes !== 'object' || changes === null) return [];
    return [
      {
        revision,
        at,
        ...(typeof author === 'string' && { author }),
        ...(typeof comment === 'string' && { comment }),
        // Written by releaseText; a text that is no document is found out where it is read.
        changes: changes as KeptRelease['changes'],
      },
    ];
  } catch {
    return [];
  }
}

export function listed({ changes, ...release }: KeptRelease): SettingsRelease {
  return { ...release, documents: Object.keys(changes) };
}

/**
 * The documents in an earlier revision. Revision 0, which no store has, where too little is kept to know.
 *
 * @param kept oldest first, without gaps
 */
export function stateAt(kept: readonly KeptRelease[], head: StoreState, revision: number): StoreState {
  const release = kept.find((one) => one.revision === revision);
  if (release === undefined) return { revision: 0, documents: new Map() };
  const documents = new Map(head.documents);
  const later = new Set(kept.flatMap((one) => (one.revision > revision ? Object.keys(one.changes) : [])));
  for (const id of later) {
    const before = kept.findLast((one) => one.revision <= revision && Object.hasOwn(one.changes, id));
    // Its content then may have been in a release that is gone.
    if (before === undefined && kept[0]?.revision !== 1) return { revision: 0, documents: new Map() };
    const content = before?.changes[id] ?? undefined;
    if (content === undefined) documents.delete(id);
    else documents.set(id, content);
  }
  return { revision, at: release.at, documents };
}
