import type { Clock, ConfigError, ConfigLayer, ConfigLogger, ConfigMap, Selectors } from '../core/index.js';
import {
  DocumentCopies,
  type DocumentCopy,
  incompleteCopy,
  type LastKnownGoodCache,
  type LoadPlan,
  type StandInDocument,
  type StandInDocuments,
} from '../runtime/index.js';
import { isActiveIn } from './tenant.js';
import type { FoundDocument } from './tenant-documents.js';

/** What {@link TenantCopies} is made with. */
export interface TenantCopiesOptions {
  readonly cache: LastKnownGoodCache;
  readonly plan: LoadPlan;
  readonly selectors: Selectors;
  readonly logger: ConfigLogger;
  readonly clock: Clock;
}

/** A tenant's document from a source. */
export interface SaidDocument {
  readonly trees: readonly ConfigMap[];
  readonly bad?: ConfigError | undefined;
}

/**
 * The last known good of tenants. One is kept when its settings have been made; it goes when the tenant is paused, retired
 * or gone, so that no outage brings such a one back.
 */
export class TenantCopies {
  readonly #copies: DocumentCopies;
  readonly #kept = new WeakSet<FoundDocument>();
  /** When the copies were written that documents were rebuilt from. */
  readonly #restored = new WeakMap<ConfigLayer, number>();

  public constructor({ plan, ...options }: TenantCopiesOptions) {
    this.#copies = new DocumentCopies({ ...options, rules: plan });
  }

  /** Why some copies are not up to date, in words. */
  public get problems(): readonly string[] {
    return this.#copies.problems;
  }

  public folderOf(id: string): string {
    return this.#copies.folderOf(id);
  }

  /** When the copy was written that a document comes from; `undefined` for one of the source itself. */
  public restoredAt({ layers: [layer] }: Pick<FoundDocument, 'layers'>): number | undefined {
    return layer && this.#restored.get(layer);
  }

  /** Settings have been made of a document. */
  public keep(id: string, found: FoundDocument): void {
    if (found.bad !== undefined || this.#kept.has(found) || this.restoredAt(found) !== undefined) return;
    this.#kept.add(found);
    this.#copies.keep(id, found.layers);
  }

  /** Follows the current document of a tenant: one that is not served keeps no copy. */
  public follow(id: string, found: SaidDocument | undefined): void {
    if (found === undefined || (found.bad === undefined && !isActiveIn(found.trees))) this.#copies.drop(id);
  }

  /** Follows the documents of all tenants: copies of others are removed. */
  public async followAll(said: Iterable<readonly [string, SaidDocument]>): Promise<void> {
    const isKept = ({ trees, bad }: SaidDocument): boolean => bad !== undefined || isActiveIn(trees);
    await this.#copies.dropOthers([...said].flatMap(([id, document]) => (isKept(document) ? [id] : [])));
  }

  /** Whether there is a copy of a tenant, of whatever use. */
  public async has(id: string): Promise<boolean> {
    return this.#copies.has(id);
  }

  /** @throws ConfigError `last-known-good-not-saved`. */
  public async erase(id: string): Promise<void> {
    await this.#copies.erase(id);
  }

  /** Usable copies, the newest first. */
  public async find(id: string): Promise<readonly DocumentCopy[]> {
    const copies = await this.#copies.find(id);
    for (const { layers, savedAt } of copies) for (const layer of layers) this.#restored.set(layer, savedAt);
    return copies;
  }

  /** The newest copy of a tenant, in place of an answer that the source does not give. */
  public async standIn(id: string, why: ConfigError): Promise<FoundDocument | undefined> {
    const [copy] = await this.find(id);
    if (copy === undefined) return undefined;
    const bad = incompleteCopy(copy);
    return bad === undefined ? { layers: copy.layers, bad: why } : { layers: [], bad };
  }

  /** The newest copies of all tenants. */
  public readonly standIns: StandInDocuments = async () => {
    const found = new Map<string, StandInDocument>();
    for (const id of await this.#copies.ids()) {
      const [copy] = await this.find(id);
      if (copy === undefined) continue;
      const bad = incompleteCopy(copy);
      found.set(id, { layers: bad === undefined ? copy.layers : [], readAt: copy.savedAt, bad });
    }
    return found;
  };

  public async close(): Promise<void> {
    await this.#copies.settled();
  }
}
