import type { ConfigSource } from '../core/index.js';
import { DocumentSlots, type HeldDocument, type LoadOptions, type LoadPlan, Turns } from '../runtime/index.js';
import { foldIdentifier, identifierIn, isTenantName } from './tenant.js';
import type { FoundDocument, MovedTenants, TenantDocuments } from './tenant-documents.js';
import type { TenantCopies } from './tenant-copies.js';
import { misnamedDocuments, takenIdentifier } from './tenant-errors.js';

/** What {@link ListedDocuments} is made with. */
export interface ListedOptions {
  readonly options: LoadOptions;
  readonly plan: LoadPlan;
  readonly slots: ConstructorParameters<typeof DocumentSlots>[3];
  readonly copies?: TenantCopies | undefined;
  readonly watching: Parameters<DocumentSlots['watch']>[0];
}

/** So many have their listeners called before the time is looked at. */
const TOLD_AT_A_TIME = 500;

/** The documents of a source that knows all of them, such as a folder. */
export class ListedDocuments implements TenantDocuments {
  readonly #slots: DocumentSlots;
  readonly #turns = new Turns();
  readonly #watching: ListedOptions['watching'];
  readonly #copies: TenantCopies | undefined;
  readonly #listeners: ((moved: MovedTenants) => void)[] = [];
  /** By folded identifier; those whose identifier is their id are not in it. */
  readonly #ids = new Map<string, string>();
  readonly #identifiers = new Map<string, string>();
  /** Of documents whose identifier is that of another one. */
  readonly #taken = new Map<string, FoundDocument>();
  #telling: Promise<void> = Promise.resolve();
  #legal: { readonly of: ReadonlyMap<string, HeldDocument>; readonly ids: readonly string[] } | undefined;

  public constructor(source: ConfigSource, { options, plan, slots, watching, copies }: ListedOptions) {
    this.#slots = new DocumentSlots(source, options, plan, slots, copies?.standIns);
    this.#copies = copies;
    this.#watching = watching;
  }

  public async start(signal: AbortSignal | undefined): Promise<void> {
    await this.#slots.start(signal);
    await this.#index(new Set(this.#slots.documents.keys()));
    if (this.#slots.health()?.status === 'ok') await this.#copies?.followAll(this.#slots.documents);
    this.#slots.onMoved(async ({ reasons }) => this.#follow(reasons.join(', ')));
    await this.#slots.watch(this.#watching);
  }

  public get ids(): readonly string[] {
    const { documents } = this.#slots;
    if (this.#legal?.of !== documents)
      this.#legal = { of: documents, ids: Object.freeze([...documents.keys()].filter(isTenantName)) };
    return this.#legal.ids;
  }

  public async find(id: string): Promise<FoundDocument | undefined> {
    const document = this.#slots.document(id);
    return Promise.resolve(document && (this.#taken.get(id) ?? document));
  }

  public idOf(identifier: string): string | undefined {
    const known = this.#ids.get(foldIdentifier(identifier));
    if (known !== undefined) return known;
    return this.#slots.document(identifier) !== undefined && !this.#identifiers.has(identifier)
      ? identifier
      : undefined;
  }

  public async refresh(): Promise<void> {
    await this.#slots.refresh();
    await this.#follow('asked');
  }

  public forget(): void {
    // The source holds them all.
  }

  public onMoved(listener: (moved: MovedTenants) => void): void {
    this.#listeners.push(listener);
  }

  public get problems(): readonly string[] {
    const { documents } = this.#slots;
    const isEachLegal = documents.size === this.ids.length;
    const words = isEachLegal ? [] : [misnamedDocuments([...documents.keys()].filter((id) => !isTenantName(id)))];
    const { status, source = '', message = '', problems = [] } = this.#slots.health() ?? {};
    const outage = status === 'stale' ? [`${source} is stale: what it said before is in use. ${message}`.trim()] : [];
    return [...outage, ...problems, ...words];
  }

  public async close(): Promise<void> {
    await this.#slots.end();
    await this.#telling;
    await Promise.allSettled(this.#slots.closeSources().map(async ({ closed }) => closed));
  }

  /** One after the other: who asks later waits for what was told before. */
  async #follow(reason: string): Promise<void> {
    const told = this.#telling.then(async () => this.#tell(reason));
    this.#telling = told.catch(() => undefined);
    return told;
  }

  /** Of ten thousand tenants each step takes milliseconds: others get their turn between them and within. */
  async #tell(reason: string): Promise<void> {
    const moved = await this.#slots.moved();
    if (moved.size === 0) return;
    for (const id of await this.#index(moved)) moved.add(id);
    const all = [...moved];
    for (let at = 0; at < all.length; at += TOLD_AT_A_TIME) {
      await this.#turns.share();
      const ids = new Set(all.slice(at, at + TOLD_AT_A_TIME));
      const copies = this.#copies;
      if (copies !== undefined) for (const id of ids) copies.follow(id, this.#slots.document(id));
      for (const listener of this.#listeners) listener({ ids, reason });
    }
  }

  /**
   * Finds out which documents have another identifier, and takes in all of them at once: no name is nobody's in between.
   * The ids of those whose identifier another one no longer keeps from them.
   */
  async #index(ids: ReadonlySet<string>): Promise<readonly string[]> {
    const { documents } = this.#slots;
    const renamed: { readonly id: string; readonly identifier: string | undefined }[] = [];
    const look = (id: string): void => {
      const said = identifierIn(documents.get(id)?.trees ?? []);
      const identifier = isTenantName(said) && foldIdentifier(said) !== id ? said : undefined;
      if (this.#identifiers.get(id) !== (identifier && foldIdentifier(identifier)) || this.#taken.has(id))
        renamed.push({ id, identifier });
    };
    await this.#turns.each(ids, 64, look);
    for (const id of this.#taken.keys()) if (!ids.has(id)) look(id);
    for (const { id } of renamed) {
      const before = this.#identifiers.get(id);
      if (before === undefined) continue;
      this.#identifiers.delete(id);
      this.#ids.delete(before);
    }
    const freed: string[] = [];
    for (const { id, identifier } of renamed) {
      const folded = identifier && foldIdentifier(identifier);
      const other = folded && (this.#ids.get(folded) ?? (documents.has(folded) ? folded : undefined));
      if (identifier !== undefined && other !== undefined) {
        const bad = takenIdentifier(identifier, other);
        if (this.#taken.get(id)?.bad?.message !== bad.message) this.#taken.set(id, { layers: [], bad });
        continue;
      }
      if (this.#taken.delete(id)) freed.push(id);
      if (folded === undefined) continue;
      this.#ids.set(folded, id);
      this.#identifiers.set(id, folded);
    }
    return freed;
  }
}
