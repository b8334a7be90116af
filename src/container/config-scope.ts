import type { ResolutionContext } from 'inversify';
import type { SectionPlan } from '../binding/index.js';
import {
  formatPath,
  guardLogger,
  guardMetrics,
  type ConfigLogger,
  type ConfigMetricsPort,
  kindOfThrown,
} from '../core/index.js';
import type { LoadPlan, RunningSettings, SectionEntry } from '../runtime/index.js';
import { accessPolicy, type AccessPolicy } from '../security/index.js';
import { markRead, trackSingletons, type StaleTracker } from './stale-singletons.js';
import { StoreScope } from './store-scope.js';
import type { ContainerHome, RunningTenants } from './tenants-port.js';

export interface ConfigScopeParts extends RunningSettings {
  readonly plan: LoadPlan;
  readonly name?: string | undefined;
  /** The readers of secrets; by default those that the fields name. */
  readonly access?: AccessPolicy | undefined;
  readonly logger?: ConfigLogger | undefined;
  readonly metrics?: ConfigMetricsPort | undefined;
  /** The scopes of the nearest container above that has some. */
  readonly parents?: readonly ConfigScope[];
  readonly tenants?: RunningTenants | undefined;
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
export class ConfigScope extends StoreScope {
  public readonly id = Symbol('uno-config.scope');
  public readonly plan: LoadPlan;
  /**
   * What is bound for it: its sections, and those of the parents that these would hide, because a container with any
   * binding of a class is asked for all of that class, whatever their names.
   */
  public readonly bound: readonly SectionUse[];
  public readonly access: AccessPolicy;
  public readonly parents: readonly ConfigScope[];
  readonly #name: string | undefined;
  public readonly logger: ConfigLogger;
  readonly #metrics: Required<ConfigMetricsPort>;
  public readonly singletons: StaleTracker;
  readonly #tenants: RunningTenants | undefined;
  readonly #inContexts = new WeakMap<ResolutionContext, StoreScope>();
  #lastContext: ResolutionContext | undefined;
  #inLastContext: StoreScope = this;
  #home: ContainerHome | undefined;
  #closing: Promise<void> | undefined;
  #isClosed = false;

  public constructor({ plan, store, reloads, name, access, logger, metrics, parents = [], tenants }: ConfigScopeParts) {
    super(store, reloads, tenants?.live);
    this.plan = plan;
    this.#tenants = tenants;
    const own = plan.sections.map((section, index): SectionUse => ({ scope: this, index, ...section }));
    this.bound = [...own, ...parents.flatMap(({ bound }) => bound.filter((use) => isHiddenBy(own, use)))];
    this.access = access ?? accessPolicy([]);
    this.parents = parents;
    this.#name = name;
    this.logger = guardLogger(logger);
    this.#metrics = guardMetrics(metrics);
    this.singletons = trackSingletons(store, reloads, this.logger);
  }

  /** True when closing it would wait for nothing: it is closed, or the service was closed by other code. */
  public get isClosed(): boolean {
    return this.#isClosed || (this.#closing === undefined && this.reloads.status().state === 'closed');
  }

  /** The container of its module, where that has the `ConfigPlugin`. */
  public get home(): ContainerHome | undefined {
    return this.#home;
  }

  /** Called by the `ConfigPlugin` of the container that has loaded its module. */
  public settleIn(home: ContainerHome): void {
    this.#home ??= home;
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

  /** True once its container has begun to close it: it is bound nowhere any more. */
  public get isUnbound(): boolean {
    return this.#closing !== undefined;
  }

  /** The scope that a container injects: this one, or the one that is bound in its place. */
  public in(context: ResolutionContext): StoreScope {
    // A container keeps one context, so that most reads are this comparison.
    if (context === this.#lastContext) return this.#inLastContext;
    let scope = this.#inContexts.get(context);
    if (scope === undefined) this.#inContexts.set(context, (scope = context.get<StoreScope>(this.id)));
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
      // Tenants first: they depend on it.
      await this.#tenants?.close();
      await this.reloads.close();
    } catch (error) {
      const kind = kindOfThrown(error);
      this.logger.log({
        level: 'error',
        event: 'config.close.failed',
        message: `Closing ${this.toString()} failed: it threw ${kind}.`,
        fields: { kind },
      });
    }
    this.#isClosed = true;
  }

  /** As messages call it. */
  public override toString(): string {
    return describeModule(this.plan, this.#name);
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

export function isSameUse(one: SectionEntry, other: SectionEntry): boolean {
  return one.target === other.target && one.name === other.name;
}

function isHiddenBy(own: readonly SectionUse[], { entry }: SectionUse): boolean {
  const ofClass = own.filter((use) => use.entry.target === entry.target);
  return ofClass.length > 0 && ofClass.every((use) => use.entry.name !== entry.name);
}

const NAMED = 3;
