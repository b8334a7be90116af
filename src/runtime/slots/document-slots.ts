import type { ConfigSource, LoadAnswer, LoadContext, LoadedDocuments } from '../../core/index.js';
import {
  ConfigError,
  createAnswer,
  createLayer,
  isLoadAnswer,
  wrapSource,
  type ConfigLayer,
} from '../../core/index.js';
import type { LoadOptions, LoadPlan } from '../plan/index.js';
import { policyOf, underPolicy, USUAL_BACKOFF } from '../recovery/index.js';
import type { HeldAnswer } from './held-answer.js';
import { documentsAfter, HeldDocument, idsMoved, type HeldDocuments } from './held-document.js';
import type { SourceHealth } from './source-health.js';
import { SourceSlots, type MovedListener, type SlotsOptions, type SlotWatchOptions } from './source-slots.js';

/** A document that replaces the source's while that is unreachable. */
export interface StandInDocument {
  readonly layers: readonly ConfigLayer[];
  /** When the source gave it, in milliseconds since 1970. */
  readonly readAt: number;
  readonly bad?: ConfigError | undefined;
}

/** Returns the replacements of all documents; nothing where there are none. */
export type StandInDocuments = () => Promise<ReadonlyMap<string, StandInDocument>>;

const NONE: HeldDocuments = new Map();
/** More than these are counted. */
const MOST_NAMED = 5;

/**
 * One slot for a source of many documents, such as one for each tenant: one timer, one watch and one health. A document that
 * cannot be used fails alone, and keeps its last good answer.
 */
export class DocumentSlots {
  readonly #slots: SourceSlots;
  readonly #name: string;
  /** The documents of each answer, by the layer that represents it in the slot. */
  readonly #held = new WeakMap<ConfigLayer, HeldDocuments>();
  #lastState = 0;
  #told: HeldDocuments = NONE;

  /** @param standIn asked when the source gives no answer at the start; it is then read again until it does */
  public constructor(
    source: ConfigSource,
    options: LoadOptions,
    plan: LoadPlan,
    extra: SlotsOptions,
    standIn?: StandInDocuments,
  ) {
    this.#name = source.name ?? 'the documents';
    const usual = { backoff: USUAL_BACKOFF, lastKnownGood: false, defaults: false };
    const policy = policyOf(source) ?? (standIn && usual);
    const one = policy === undefined ? this.#asOne(source) : underPolicy(this.#asOne(source), policy);
    this.#slots = new SourceSlots({ ...options, sources: [one] }, plan, {
      ...extra,
      ...(standIn !== undefined && { standIn: async () => this.#standIn(standIn) }),
    });
  }

  /**
   * Reads all documents.
   *
   * @throws ConfigError of the source, `not-a-map`, `load-aborted`.
   */
  public async start(signal?: AbortSignal): Promise<void> {
    await this.#slots.start(signal);
    this.#told = this.documents;
  }

  public async refresh(): Promise<void> {
    await this.#slots.refresh();
  }

  /** The ids of documents that have moved since this was asked last. For one caller, who waits for the answer. */
  public async moved(): Promise<Set<string>> {
    const [before, after] = [this.#told, this.documents];
    this.#told = after;
    return idsMoved(before, after);
  }

  public async watch(options: SlotWatchOptions): Promise<void> {
    await this.#slots.watch(options);
  }

  /** All documents, by id: the same map until one of them moves. */
  public get documents(): HeldDocuments {
    const [layer] = this.#slots.layersOf(0) ?? [];
    return (layer && this.#held.get(layer)) ?? NONE;
  }

  public document(id: string): HeldDocument | undefined {
    return this.documents.get(id);
  }

  /** Calls back when documents may have moved without a request; the result removes the listener. */
  public onMoved(listener: MovedListener): () => void {
    return this.#slots.onMoved(listener);
  }

  /** The health of the source, and its documents that cannot be used. */
  public health(): SourceHealth | undefined {
    const [health] = this.#slots.health();
    const bad: string[] = [];
    for (const [id, document] of this.documents) if (document.bad !== undefined) bad.push(id);
    if (health === undefined || bad.length === 0) return health;
    const named = bad.slice(0, MOST_NAMED).join(', ');
    const more = bad.length > MOST_NAMED ? ` and ${String(bad.length - MOST_NAMED)} more` : '';
    const problem = `Of ${this.#name} these documents cannot be used as they are: ${named}${more}.`;
    return Object.freeze({ ...health, problems: Object.freeze([...(health.problems ?? []), problem]) });
  }

  public async end(): Promise<void> {
    await this.#slots.end();
  }

  /** Closes the source, unless it is used elsewhere. */
  public closeSources(): ReturnType<SourceSlots['closeSources']> {
    return this.#slots.closeSources();
  }

  /** The source as its slot sees it: one layer represents all documents, another one when one of them has moved. */
  #asOne(source: ConfigSource): ConfigSource {
    return wrapSource(source, { load: async (context) => this.#load(source, context) });
  }

  async #standIn(standIn: StandInDocuments): Promise<HeldAnswer | undefined> {
    const found = [...(await standIn())];
    if (found.length === 0) return undefined;
    const facts = { name: this.#name, revision: undefined };
    const made = createLayer({ name: this.#name, tree: { state: ++this.#lastState } });
    this.#held.set(made, new Map(found.map(([id, { layers, bad }]) => [id, new HeldDocument(id, layers, facts, bad)])));
    const readAt = found.reduce((latest, [, document]) => Math.max(latest, document.readAt), 0);
    return { layers: [made], from: 'last-known-good', readAt };
  }

  async #load(source: ConfigSource, { previous, ...context }: LoadContext): Promise<LoadAnswer> {
    const [layer] = previous ?? [];
    const before = (layer && this.#held.get(layer)) ?? NONE;
    const answer = await source.load(context);
    const { value, ...about } = isLoadAnswer(answer) ? answer : { value: answer };
    const revision = isLoadAnswer(answer) ? answer.revision : undefined;
    const facts = { name: this.#name, revision };
    const documents = await documentsAfter(before, documentsOf(value, this.#name), context.ids, facts);
    if (layer !== undefined && documents === before) return createAnswer({ ...about, value: layer });
    // No other layer is equal to it.
    const made = createLayer({ name: this.#name, tree: { state: ++this.#lastState } });
    this.#held.set(made, documents);
    return createAnswer({ ...about, value: made });
  }
}

/** @throws ConfigError `not-a-map`. */
function documentsOf(value: unknown, name: string): LoadedDocuments {
  // What else is in it is found out document by document.
  if (value instanceof Map) return value as LoadedDocuments;
  throw new ConfigError({
    code: 'not-a-map',
    category: 'source',
    message: `${name} answered something else than a Map of documents by their ids.`,
    recovery: 'Answer new Map([[id, settings], …]), or createAnswer({ value, revision }) with such a Map as its value.',
  });
}
