import type { ConfigLayer, ConfigMap, LoadedDocuments, LoadedSettings } from '../../core/index.js';
import { ConfigError, isConfigLayer, sameValue, type Revision } from '../../core/index.js';
import { layerOf, layersOf, type SourceAnswer, treeOf } from '../recovery/index.js';
import { unlessEqual } from './held-answer.js';
import { Turns } from './turns.js';

/** What the documents of one answer have in common. */
export interface DocumentFacts {
  readonly name: string;
  readonly revision: Revision | undefined;
}

/** One document of a multi-document source. For a plain object the layer is made on first use: most are never used. */
export class HeldDocument {
  readonly #facts: DocumentFacts;
  readonly #id: string;
  /** A plain object, or layers of the source's own: its last good answer. */
  readonly #said: ConfigMap | SourceAnswer;
  #layers: SourceAnswer | undefined;
  /** Why its latest content cannot be used. */
  public readonly bad: ConfigError | undefined;

  public constructor(id: string, said: ConfigMap | SourceAnswer, facts: DocumentFacts, bad?: ConfigError) {
    this.#facts = facts;
    this.#id = id;
    this.#said = said;
    this.bad = bad;
  }

  /** Its last good answer; empty while there is none. */
  public get layers(): SourceAnswer {
    if (isLayers(this.#said)) return this.#said;
    const { name, revision } = this.#facts;
    return (this.#layers ??= [layerOf(this.#said, `${name} ${this.#id}`, revision)]);
  }

  /** What its layers hold, low to high, without making them. */
  public get trees(): readonly ConfigMap[] {
    return isLayers(this.#said) ? this.#said.map(({ tree }) => tree) : [this.#said];
  }

  /** The document after another answer: the same object when that is equal. */
  public after(said: ConfigMap | SourceAnswer, facts: DocumentFacts): HeldDocument {
    const isSame = isLayers(said)
      ? isLayers(this.#said) && unlessEqual(this.#said, said, facts.revision !== undefined) === this.#said
      : !isLayers(this.#said) && sameValue(this.#said, said);
    if (!isSame) return new HeldDocument(this.#id, said, facts);
    return this.bad === undefined ? this : new HeldDocument(this.#id, this.#said, this.#facts);
  }

  /** The document after an answer that cannot be used. */
  public spoilt(bad: ConfigError): HeldDocument {
    return this.bad?.message === bad.message ? this : new HeldDocument(this.#id, this.#said, this.#facts, bad);
  }
}

export type HeldDocuments = ReadonlyMap<string, HeldDocument>;

/**
 * The documents after a read. An unchanged one stays the same object; one that cannot be used keeps its last good answer,
 * without effect on the others.
 *
 * @param ids those that were read; all when absent
 */
export async function documentsAfter(
  before: HeldDocuments,
  read: LoadedDocuments,
  ids: readonly string[] | undefined,
  facts: DocumentFacts,
): Promise<HeldDocuments> {
  const turns = new Turns();
  const documents = new Map<string, HeldDocument>();
  if (ids !== undefined) await turns.each(before, 256, ([id, document]) => documents.set(id, document));
  for (const id of ids ?? []) documents.delete(id);
  let moved = 0;
  await turns.each(read, 16, ([id, said]) => {
    const old = before.get(id);
    const document = documentAfter(old, said, id, facts);
    if (document !== old) moved++;
    documents.set(id, document);
  });
  return moved > 0 || documents.size !== before.size ? documents : before;
}

/** The ids of the documents that are others than before, new or gone. */
export async function idsMoved(before: HeldDocuments, after: HeldDocuments): Promise<Set<string>> {
  const turns = new Turns();
  const ids = new Set<string>();
  if (before === after) return ids;
  await turns.each(after, 256, ([id, document]) => before.get(id) !== document && ids.add(id));
  await turns.each(before.keys(), 256, (id) => !after.has(id) && ids.add(id));
  return ids;
}

function documentAfter(
  before: HeldDocument | undefined,
  said: LoadedSettings | ConfigError,
  id: string,
  facts: DocumentFacts,
): HeldDocument {
  try {
    if (ConfigError.is(said)) throw said;
    const name = `${facts.name} ${id}`;
    const content = isOwn(said) ? layersOf(said, name) : treeOf(said, name);
    return before === undefined ? new HeldDocument(id, content, facts) : before.after(content, facts);
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return before === undefined ? new HeldDocument(id, [], facts, error) : before.spoilt(error);
  }
}

function isOwn(said: LoadedSettings): said is ConfigLayer | readonly ConfigLayer[] {
  return isConfigLayer(said) || (Array.isArray(said) && said.every(isConfigLayer));
}

function isLayers(said: ConfigMap | SourceAnswer): said is SourceAnswer {
  return Array.isArray(said);
}
