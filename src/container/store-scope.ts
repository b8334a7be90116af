import { getOrInsert } from '../core/index.js';
import {
  createSectionMonitor,
  type CommitListener,
  type ConfigStore,
  type Generation,
  type ReloadService,
  type SectionListener,
  type SectionMonitor,
} from '../runtime/index.js';

/** What live handles follow besides a store: the settings of the tenant that the code runs for. */
export interface LiveSettings {
  /**
   * The generation from which the section at an index is read now.
   *
   * @throws ConfigError `tenant-not-set`, `tenant-mismatch`.
   */
  generationFor(index: number): Generation;
  /** Listens to commits of what is followed at the time of the call, until the returned function is called. */
  onCommit(listener: CommitListener): () => void;
  /** Whom the code that asks runs for, with the generation that it reads; `undefined` outside of any tenant. */
  tenant?(): { readonly tenant: TenantFacts; readonly generation: Generation } | undefined;
}

/** What is known of a tenant besides its settings. */
export interface TenantFacts {
  readonly id: string;
  readonly plan: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** From what a container injects sections: a store, and for what is live whatever is followed. */
export class StoreScope {
  public readonly store: ConfigStore;
  public readonly reloads: ReloadService;
  /** The tenant whose settings they are; absent in the base. */
  public readonly tenant?: TenantFacts;
  readonly #live: LiveSettings | undefined;
  #views: Map<string, ScopeView> | undefined;

  public constructor(store: ConfigStore, reloads: ReloadService, live?: LiveSettings) {
    this.store = store;
    this.reloads = reloads;
    this.#live = live;
  }

  public read(index: number): unknown {
    // The store holds one instance for each section of the plan.
    return this.store.current.instanceAt(index);
  }

  /** The same for a handle that is kept and asked again. */
  public readLive(index: number): unknown {
    return this.generationFor(index).instanceAt(index);
  }

  /** The generation that such a handle reads from. */
  public generationFor(index: number): Generation {
    return this.#live === undefined ? this.store.current : this.#live.generationFor(index);
  }

  public monitor(index: number): SectionMonitor<object> {
    return this.#live === undefined ? createSectionMonitor(this.store, index) : new LiveMonitor(this.#live, index);
  }

  /** What a module, or a component of one, sees of it. */
  public view(path: string): ScopeView {
    return getOrInsert(
      (this.#views ??= new Map<string, ScopeView>()),
      path,
      () => new ScopeView(this.store, path, this.#live),
    );
  }
}

/** What a module of an application, or a component of one, sees of a store's current generation. */
export class ScopeView {
  readonly #store: ConfigStore;
  readonly #path: string;
  readonly #live: LiveSettings;
  /** Found once for each generation. */
  #seen: { readonly of: Generation; readonly view: Generation } | undefined;

  public constructor(store: ConfigStore, path: string, live?: LiveSettings) {
    this.#store = store;
    this.#path = path;
    this.#live = live ?? { generationFor: () => store.current, onCommit: (listener) => store.onCommit(listener) };
  }

  public read(index: number): unknown {
    return this.#viewOf(this.#store.current).instanceAt(index);
  }

  /** The same for a handle that is kept and asked again. */
  public readLive(index: number): unknown {
    return this.#viewOf(this.#live.generationFor(index)).instanceAt(index);
  }

  public monitor(index: number): SectionMonitor<object> {
    const live = this.#live;
    return new LiveMonitor(
      {
        generationFor: (at) => this.#viewOf(live.generationFor(at)),
        onCommit: (listener) =>
          live.onCommit((current, previous) => {
            listener(this.#viewOf(current), this.#viewOf(previous));
          }),
      },
      index,
    );
  }

  #viewOf(generation: Generation): Generation {
    if (this.#seen?.of !== generation) this.#seen = { of: generation, view: generation.view(this.#path) };
    return this.#seen.view;
  }
}

/** Reads what is followed at the time of the call. */
class LiveMonitor implements SectionMonitor<object> {
  readonly #live: LiveSettings;
  readonly #index: number;

  public constructor(live: LiveSettings, index: number) {
    this.#live = live;
    this.#index = index;
    Object.freeze(this);
  }

  public get current(): object {
    return instanceIn(this.#live.generationFor(this.#index), this.#index);
  }

  public onChange(listener: SectionListener<object>): () => void {
    return this.#live.onCommit((current, previous) => {
      const [before, after] = [instanceIn(previous, this.#index), instanceIn(current, this.#index)];
      if (before !== after) listener(after, before);
    });
  }
}

/** A generation holds one instance for each section of the plan, and each of its views does. */
function instanceIn(generation: Generation, index: number): object {
  return generation.instanceAt(index) ?? NOTHING;
}

const NOTHING: object = Object.freeze({});
