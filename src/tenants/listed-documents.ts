import type { ConfigSource } from '../core/index.js';
import { DocumentSlots, type HeldDocument, type LoadOptions, type LoadPlan, Turns } from '../runtime/index.js';
import { foldIdentifier, identifierIn, isTenantName } from './tenant.js';
import type { FoundDocument, MovedTenants, TenantDocuments } from './tenant-documents.js';
import type { TenantCopies } from './tenant-copies.js';
import { takenIdentifier } from './tenant-errors.js';

/** What {@link ListedDocuments} is made with. */
export interface ListedOptions {
  readonly options: LoadOptions;
  readonly plan: LoadPlan;
  readonly slots: ConstructorParameters<typeof DocumentSlots>[3];
  readonly copies?: TenantCopies | undefined;
  readonly watching: Parameters<DocumentSlots['watch']>[0];
}

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
  /** Documents whose identifier was taken already. */
  readonly #taken = new WeakMap<HeldDocument, FoundDocument>();

  public constructor(source: ConfigSource, { options, plan, slots, watching, copies }: ListedOptions) {
    this.#slots = new DocumentSlots(source, options, plan, slots, copies?.standIns);
    this.#copies = copies;
    this.#watching = watching;
  }

  public async start(signal: AbortSignal | undefined): Promise<void> {
    await this.#slots.start(signal);
    this.#index(this.#slots.ids);
    if (this.#slots.health()?.status === 'ok') await this.#copies?.followAll(this.#said());
    this.#slots.onMoved(({ ids, reasons }) => {
      this.#tell(ids, reasons.join(', '));
    });
    await this.#slots.watch(this.#watching);
  }

  public get ids(): readonly string[] {
    return this.#slots.ids.filter(isTenantName);
  }

  public async find(id: string): Promise<FoundDocument | undefined> {
    const document = this.#slots.document(id);
    return Promise.resolve(document === undefined ? undefined : (this.#taken.get(document) ?? document));
  }

  public idOf(identifier: string): string | undefined {
    const known = this.#ids.get(foldIdentifier(identifier));
    if (known !== undefined) return known;
    return this.#slots.document(identifier) !== undefined && !this.#identifiers.has(identifier)
      ? identifier
      : undefined;
  }

  public async refresh(): Promise<void> {
    const ids = await this.#slots.refresh();
    // Of ten thousand tenants each of the two takes milliseconds.
    await this.#turns.next();
    this.#tell(ids, 'asked');
  }

  public forget(): void {
    // The source holds them all.
  }

  public onMoved(listener: (moved: MovedTenants) => void): void {
    this.#listeners.push(listener);
  }

  public get problems(): readonly string[] {
    const misnamed = this.#slots.ids.filter((id) => !isTenantName(id)).length;
    const words = misnamed === 0 ? [] : [`${String(misnamed)} documents have names that are no ids of tenants.`];
    const { status, source = '', message = '', problems = [] } = this.#slots.health() ?? {};
    const outage = status === 'stale' ? [`${source} is stale: what it said before is in use. ${message}`.trim()] : [];
    return [...outage, ...problems, ...words];
  }

  public async close(): Promise<void> {
    await this.#slots.end();
    await Promise.allSettled(this.#slots.closeSources().map(async ({ closed }) => closed));
  }

  *#said(): Iterable<readonly [string, HeldDocument]> {
    for (const id of this.#slots.ids) {
      const document = this.#slots.document(id);
      if (document !== undefined) yield [id, document];
    }
  }

  #tell(ids: ReadonlySet<string>, reason: string): void {
    if (ids.size === 0) return;
    this.#index(ids);
    const copies = this.#copies;
    if (copies !== undefined) for (const id of ids) copies.follow(id, this.#slots.document(id));
    for (const listener of this.#listeners) listener({ ids, reason });
  }

  #index(ids: Iterable<string>): void {
    for (const id of this.#identifiers.size === 0 ? [] : ids) {
      const before = this.#identifiers.get(id);
      if (before !== undefined) {
        this.#identifiers.delete(id);
        this.#ids.delete(before);
      }
    }
    const { documents } = this.#slots;
    for (const id of ids) {
      const document = documents.get(id);
      const identifier = document && identifierIn(document.trees);
      if (document === undefined || identifier === undefined || !isTenantName(identifier)) continue;
      const folded = foldIdentifier(identifier);
      if (folded === id) continue;
      const other = this.#ids.get(folded) ?? (documents.get(folded) === undefined ? undefined : folded);
      if (other === undefined) {
        this.#ids.set(folded, id);
        this.#identifiers.set(id, folded);
      } else this.#taken.set(document, { layers: [], bad: takenIdentifier(identifier, other) });
    }
  }
}
