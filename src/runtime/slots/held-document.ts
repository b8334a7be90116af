import type { ConfigLayer, LoadedDocuments, LoadedSettings } from '../../core/index.js';
import { ConfigError, isConfigLayer, type Revision } from '../../core/index.js';
import { layersOf, type SourceAnswer } from '../recovery/index.js';
import { unlessEqual } from './held-answer.js';

/** One document of a source of several. */
export interface HeldDocument {
  /** Its last good answer; empty while there is none. */
  readonly layers: SourceAnswer;
  /** Why what it says now cannot be used. */
  readonly bad?: ConfigError;
}

export type HeldDocuments = ReadonlyMap<string, HeldDocument>;

/** What documents are made with. */
export interface DocumentFacts {
  /** The source. */
  readonly name: string;
  readonly revision: Revision | undefined;
}

/**
 * The documents after a read. One that says what it said stays the same object; one that cannot be used keeps its last good
 * answer, and no other suffers from it.
 *
 * @param ids those that were read; all when absent
 */
export function documentsAfter(
  before: HeldDocuments,
  read: LoadedDocuments,
  ids: readonly string[] | undefined,
  facts: DocumentFacts,
): HeldDocuments {
  const documents = new Map(ids === undefined ? [] : before);
  for (const id of ids ?? []) documents.delete(id);
  for (const [id, said] of read) documents.set(id, documentAfter(before.get(id), said, `${facts.name} ${id}`, facts));
  return documents;
}

function documentAfter(
  before: HeldDocument | undefined,
  said: LoadedSettings | ConfigError,
  name: string,
  { revision }: DocumentFacts,
): HeldDocument {
  try {
    if (ConfigError.is(said)) throw said;
    const layers = layersOf(said, name, revision);
    const isPlain = revision !== undefined || !isOwn(said);
    const kept = before === undefined ? layers : unlessEqual(before.layers, layers, isPlain);
    return before?.layers === kept && before.bad === undefined ? before : { layers: kept };
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return before?.bad?.message === error.message ? before : { layers: before?.layers ?? [], bad: error };
  }
}

function isOwn(said: LoadedSettings): said is ConfigLayer | readonly ConfigLayer[] {
  return isConfigLayer(said) || Array.isArray(said);
}
