import type { ResolutionContext } from 'inversify';
import type { SectionPlan } from '../binding/index.js';
import {
  formatPath,
  guardLogger,
  guardMetrics,
  silentLogger,
  type ConfigLogger,
  type ConfigMetricsPort,
  kindOfThrown,
} from '../core/index.js';
import {
  createSectionMonitor,
  type ConfigStore,
  type Generation,
  type LoadPlan,
  type ReloadService,
  type RunningSettings,
  type SectionEntry,
  type SectionListener,
  type SectionMonitor,
} from '../runtime/index.js';
import { accessPolicy, type AccessPolicy } from '../security/index.js';
import { markRead, trackSingletons, type StaleTracker } from './stale-singletons.js';

/** What a {@link ConfigScope} is made of. */
export interface ConfigScopeParts extends RunningSettings {
  readonly plan: LoadPlan;
  /** The name of its module. */
  readonly name?: string | undefined;
  /** Who may be given secrets; by default whoever the fields name. */
  readonly access?: AccessPolicy | undefined;
  readonly logger?: ConfigLogger | undefined;
  readonly metrics?: ConfigMetricsPort | undefined;
  /** The scopes of the nearest container above that has some. */
  readonly parents?: readonly ConfigScope[];
}

/** A section of a scope, and where the scope finds it. */
export interface SectionUse {
  readonly scope: ConfigScope;
  readonly entry: SectionEntry;
  readonly plan: SectionPlan;
  readonly index: number;
}

/**
 * What a module has loaded: its store and what keeps that current. It belongs to the container that loaded the module
 * and is closed with it. All that is injected of the module is read from its scope, or from the one that the nearest
 * container binds to its {@link id} in its place, before anything of that container is injected.
 */
export class ConfigScope {
  public readonly id = Symbol('uno-config.scope');
  public readonly plan: LoadPlan;
  public readonly store: ConfigStore;
  public readonly reloads: ReloadService;
  /**
   * What is bound for it: its sections, and those of the parents that these would hide, because a container with any
   * binding of a class is asked for all of that class, whatever their names.
   */
  public readonly bound: readonly SectionUse[];
  public readonly access: AccessPolicy;
  public readonly parents: readonly ConfigScope[];
  readonly #name: string | undefined;
  readonly #logger: ConfigLogger;
  readonly #metrics: Required<ConfigMetricsPort>;
  public readonly singletons: StaleTracker;
  readonly #views = new Map<string, ScopeView>();
  readonly #inContexts = new WeakMap<ResolutionContext, ConfigScope>();
  #lastContext: ResolutionContext | undefined;
  #inLastContext: ConfigScope = this;
  #closing: Promise<void> | undefined;
  #isClosed = false;

  public constructor({ plan, store, reloads, name, access, logger, metrics, parents = [] }: ConfigScopeParts) {
    this.plan = plan;
    this.store = store;
    this.reloads = reloads;
    const own = plan.sections.map((section, index): SectionUse => ({ scope: this, index, ...section }));
    this.bound = [...own, ...parents.flatMap(({ bound }) => bound.filter((use) => isHiddenBy(own, use)))];
    this.access = access ?? accessPolicy([]);
    this.parents = parents;
    this.#name = name;
    this.#logger = guardLogger(logger ?? silentLogger);
    this.#metrics = guardMetrics(metrics);
    this.singletons = trackSingletons(store, reloads, this.#logger);
  }

  /** True when closing it would wait for nothing: it is closed, or somebody has the service closed already. */
  public get isClosed(): boolean {
    return this.#isClosed || (this.#closing === undefined && this.reloads.status().state === 'closed');
  }

  /** The current instance of the section at an index of the plan. */
  public read(index: number): unknown {
    // The store holds one instance for each section of the plan.
    return this.store.current.instances[index];
  }

  public monitor(index: number): SectionMonitor<object> {
    return createSectionMonitor(this.store, index);
  }

  /** What gives a container a section; by it the singletons are known that keep one. */
  public reader({ index, entry }: SectionUse): (context: ResolutionContext) => unknown {
    const plain = (context: ResolutionContext): unknown => this.in(context).read(index);
    const read = this.#metrics.sectionReads ? this.#counted(entry, plain) : plain;
    markRead(read, () => ({ tracker: this.singletons, index }));
    return read;
  }

  #counted<T>({ path }: SectionEntry, read: (context: ResolutionContext) => T): (context: ResolutionContext) => T {
    const attributes = { section: formatPath(path) };
    return (context) => {
      this.#metrics.count('config.section.reads', 1, attributes);
      return read(context);
    };
  }

  /** What a module, or a component of one, sees of it. */
  public view(path: string): ScopeView {
    let view = this.#views.get(path);
    if (view === undefined) this.#views.set(path, (view = new ScopeView(this.store, path)));
    return view;
  }

  /** True once its container has begun to close it: it is bound nowhere any more. */
  public get isUnbound(): boolean {
    return this.#closing !== undefined;
  }

  /** The scope that a container injects: this one, or the one that is bound in its place. */
  public in(context: ResolutionContext): ConfigScope {
    // A container keeps one context, so that most reads are this comparison.
    if (context === this.#lastContext) return this.#inLastContext;
    let scope = this.#inContexts.get(context);
    if (scope === undefined) this.#inContexts.set(context, (scope = context.get<ConfigScope>(this.id)));
    this.#lastContext = context;
    this.#inLastContext = scope;
    return scope;
  }

  /** True for an injection that asks for no module by name, or for this one. */
  public isAskedBy(name: unknown): boolean {
    return name === undefined || name === this.#name;
  }

  /** Ends watching and closes the sources, once; never rejects, because a container would then keep all its bindings. */
  public close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    try {
      await this.reloads.close();
    } catch (error) {
      const kind = kindOfThrown(error);
      this.#logger.log({
        level: 'error',
        event: 'config.close.failed',
        message: `Closing ${this.toString()} failed: it threw ${kind}.`,
        fields: { kind },
      });
    }
    this.#isClosed = true;
  }

  /** As messages call it. */
  public toString(): string {
    return describeModule(this.plan, this.#name);
  }
}

/** What a module of an application, or a component of one, sees of a store's current generation. */
export class ScopeView {
  readonly #store: ConfigStore;
  readonly #path: string;
  /** Found once for each generation. */
  #seen: { readonly of: Generation; readonly view: Generation } | undefined;

  public constructor(store: ConfigStore, path: string) {
    this.#store = store;
    this.#path = path;
  }

  /** The current instance of the section at an index of the plan. */
  public read(index: number): unknown {
    return this.#viewOf(this.#store.current).instances[index];
  }

  public monitor(index: number): SectionMonitor<object> {
    const instances = (generation: Generation): unknown => this.#viewOf(generation).instances[index];
    // A generation holds one instance for each section of the plan, and each of its views does.
    const instanceIn = (generation: Generation): object => instances(generation) as object;
    const store = this.#store;
    return Object.freeze<SectionMonitor<object>>({
      get current() {
        return instanceIn(store.current);
      },
      onChange: (listener: SectionListener<object>) =>
        store.onCommit((current, previous) => {
          const [before, after] = [instanceIn(previous), instanceIn(current)];
          if (before !== after) listener(after, before);
        }),
    });
  }

  #viewOf(generation: Generation): Generation {
    if (this.#seen?.of !== generation) this.#seen = { of: generation, view: generation.view(this.#path) };
    return this.#seen.view;
  }
}

/** A module by its name, or by its sections. */
export function describeModule({ entries }: LoadPlan, name: string | undefined): string {
  if (name !== undefined) return `the ConfigModule "${name}"`;
  const sections = entries.map((entry) => entry.target.name + (entry.name === undefined ? '' : ` ("${entry.name}")`));
  const more = sections.length - NAMED;
  const named = more > 1 ? `${sections.slice(0, NAMED).join(', ')} and ${String(more)} more` : sections.join(', ');
  return `the ConfigModule of ${named}`;
}

/** True for the same class under the same name. */
export function isSameUse(one: SectionEntry, other: SectionEntry): boolean {
  return one.target === other.target && one.name === other.name;
}

function isHiddenBy(own: readonly SectionUse[], { entry }: SectionUse): boolean {
  const ofClass = own.filter((use) => use.entry.target === entry.target);
  return ofClass.length > 0 && ofClass.every((use) => use.entry.name !== entry.name);
}

/** How many sections a message names. */
const NAMED = 3;
