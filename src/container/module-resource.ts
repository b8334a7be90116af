import type { ContainerModuleLoadOptions, ResolutionContext } from 'inversify';
import { ConfigError, getOrInsert, type Clock, type ConfigLogger, type ConfigMetricsPort } from '../core/index.js';
import {
  inOrderOfNeed,
  type ConfigStore,
  type Generation,
  type LoadPlan,
  type Participant,
  type ParticipantContext,
  type PreparedResource,
  type SectionInScope,
  type RunningSettings,
  type SectionTarget,
} from '../runtime/index.js';
import { isBoundBeside } from './loaded-scopes.js';
import type { ConfigScope } from './config-scope.js';
import type { LiveSettings, StoreScope, TenantFacts } from './store-scope.js';

/**
 * Something that a module makes from its settings, binds, replaces when they change, and closes with the container:
 * `defineResource` and its siblings make one. Subpath: `uno-config/resources`.
 */
export interface ModuleResource {
  /** Names it in errors, logs, health and metrics. */
  readonly name: string;
  /** What kind of thing it is, in a word or two, before its name in messages. */
  readonly kind: string;
  /** What its handle is bound to. */
  readonly identifier: symbol;
  /** What it binds besides. */
  readonly others?: readonly symbol[];
  /** The sections it is made from. */
  readonly from: readonly SectionTarget[];
  /** What else it is made from; listed in the module, too. */
  readonly needs: readonly ModuleResource[];
  /** True for what works for tenants only: its module has the option `tenants`. */
  readonly isOfTenants?: boolean;
  /**
   * Begins a life of its own in a module that is loaded.
   *
   * @internal
   */
  open(host: ResourceHost): OpenResource;
}

/** What a resource knows of the module that it is part of. */
export interface ResourceHost {
  readonly clock: Clock;
  readonly logger: ConfigLogger;
  readonly metrics: Required<ConfigMetricsPort>;
  /** The value that is in use; `undefined` before the first commit. */
  readonly value: () => unknown;
  /** Calls back after every commit until the answer is called. */
  readonly onCommit: (listener: () => void) => () => void;
  /** The handle of a resource that it needs. */
  readonly handleOf: (need: ModuleResource) => unknown;
  /** True in a module with the option `tenants`. */
  readonly hasTenants: boolean;
  /** Whom the code that asks runs for; `undefined` outside of any tenant. */
  readonly tenant: () => AmbientTenant | undefined;
  /** Calls back once, when the module is loaded: what it reloads and publishes is there from then on. */
  readonly onRunning: (listener: (running: RunningSettings) => void) => void;
}

/** The tenant that code runs for, as a resource sees it. */
export interface AmbientTenant {
  readonly id: string;
  readonly facts: TenantFacts;
  /**
   * The tenant's settings that a section of the module is read from.
   *
   * @throws ConfigError as {@link read}.
   */
  generation(section: SectionTarget): Generation;
  /**
   * A section of the module, as the tenant has it.
   *
   * @throws ConfigError `tenant-mismatch`, of a tenant's container in code that runs for another tenant.
   */
  read(section: SectionTarget): object;
}

export type Handles = ReadonlyMap<symbol, unknown>;

/** A resource in a module that is loaded. */
export interface OpenResource {
  /** What its identifier gives. */
  readonly handle: unknown;
  /** Called whenever a container gives the handle. */
  seen?(context: ResolutionContext): void;
  /** What it binds besides its handle, by identifier. */
  readonly others?: Handles;
  /** Its handle and the others as the container of a tenant has them; those of the base when absent. */
  ofTenant?(tenant: AmbientTenant): Handles;
  prepare(context: ParticipantContext): Promise<PreparedResource>;
}

/** The resources of one module that is loaded. */
export interface OpenResources {
  readonly participants: readonly Participant[];
  readonly opened: ReadonlyMap<ModuleResource, OpenResource>;
  /** Called with the settings once they are there, before anything is prepared for a second time. */
  attach(running: RunningSettings): void;
  attachTenants(live: LiveSettings): void;
}

/**
 * Refuses resources that could never be made.
 *
 * @throws TypeError naming the resource, and what it lacks, or those that need each other in a circle.
 */
export function checkResources(resources: readonly ModuleResource[], plan: LoadPlan, hasTenants: boolean): void {
  const names = new Set<string>();
  for (const [index, resource] of resources.entries()) {
    // A caller without types may list a class, or a client.
    if (typeof (resource as Partial<ModuleResource> | undefined)?.open !== 'function') {
      throw new TypeError(`resources[${String(index)}]: list what defineResource(…) gives.`);
    }
    const { name, isOfTenants = false } = resource;
    if (isOfTenants && !hasTenants) {
      throw new TypeError(
        `resources: "${name}" is of tenants; give the module the option tenants: defineTenants({ … }).`,
      );
    }
    if (names.has(name)) throw new TypeError(`resources: two are named "${name}"; give each a name of its own.`);
    names.add(name);
    sectionIndexes(resource, plan);
  }
  inOrderOfNeed(resources);
}

/** Opens them, those that others need first. */
export function openResources(
  resources: readonly ModuleResource[],
  plan: LoadPlan,
  terms: Pick<ResourceHost, 'clock' | 'logger' | 'metrics' | 'hasTenants'>,
): OpenResources {
  let store: ConfigStore | undefined;
  let live: LiveSettings | undefined;
  const listeners: ((running: RunningSettings) => void)[] = [];
  const participants = new Map<ModuleResource, Participant>();
  const opened = new Map<ModuleResource, OpenResource>();
  for (const resource of inOrderOfNeed(resources).flat()) {
    const { name, kind, needs } = resource;
    // What begins to work with the first commit asks for its value before there is a store.
    let first: unknown;
    const open = resource.open({
      ...terms,
      value: () => (store === undefined ? first : store.pair.resources.get(participant)?.value),
      onCommit: (listener) => store?.onCommit(listener) ?? (() => undefined),
      handleOf: (need) => opened.get(need)?.handle,
      tenant: () => ambientTenant(live, plan),
      onRunning: (listener) => {
        listeners.push(listener);
      },
    });
    const participant: Participant = {
      name,
      kind,
      from: sectionIndexes(resource, plan),
      needs: needs.flatMap((need) => participants.get(need) ?? []),
      prepare: async (context) => {
        const prepared = await open.prepare(context);
        if (store !== undefined) return prepared;
        const committed = (): void => {
          first = prepared.value;
          prepared.committed?.();
        };
        return { ...prepared, committed };
      },
    };
    participants.set(resource, participant);
    opened.set(resource, open);
  }
  return {
    participants: [...participants.values()],
    opened,
    attach: (running) => {
      ({ store } = running);
      for (const listener of listeners) listener(running);
    },
    attachTenants: (made) => {
      live = made;
    },
  };
}

function ambientTenant(live: LiveSettings | undefined, plan: LoadPlan): AmbientTenant | undefined {
  const run = live?.tenant?.();
  if (run === undefined) return undefined;
  const { tenant, generation } = run;
  return seenBy(tenant, plan, () => generation);
}

function seenBy(facts: TenantFacts, plan: LoadPlan, generationFor: (index: number) => Generation): AmbientTenant {
  const { id } = facts;
  return {
    id,
    facts,
    generation: (section) => generationFor(indexOfSection(section, plan)),
    read: (section) => {
      const index = indexOfSection(section, plan);
      const instance = generationFor(index).instanceAt(index);
      if (instance !== undefined) return instance;
      throw new TypeError(`The module of tenant ${id} has no such section.`);
    },
  };
}

/** Binds the handles of resources; the container closes them with their module. */
export function bindResources(
  container: ContainerModuleLoadOptions,
  opened: ReadonlyMap<ModuleResource, OpenResource>,
  scope: ConfigScope,
): void {
  for (const [{ identifier }, open] of opened) {
    for (const [each, handle] of [[identifier, open.handle], ...(open.others ?? [])] as const) {
      const binding = container.bind(each);
      if (open.seen === undefined && open.ofTenant === undefined) binding.toConstantValue(handle);
      else
        binding
          .toDynamicValue((context) => {
            open.seen?.(context);
            return handlesIn(scope.in(context), open, scope.plan)?.get(each) ?? handle;
          })
          .inTransientScope();
    }
  }
}

const handles = new WeakMap<StoreScope, Map<OpenResource, Handles>>();

/** What the container of a tenant gives in place of what the base does; made once for each. */
function handlesIn(scope: StoreScope, open: OpenResource, plan: LoadPlan): Handles | undefined {
  const { tenant } = scope;
  if (tenant === undefined || open.ofTenant === undefined) return undefined;
  const make = open.ofTenant.bind(open);
  const ofScope = getOrInsert(handles, scope, () => new Map());
  return getOrInsert(ofScope, open, () => make(seenBy(tenant, plan, (index) => scope.generationFor(index))));
}

/**
 * Refuses a resource that another module of the container binds already: every `get` would be ambiguous.
 *
 * @throws ConfigError `resource-bound-twice`.
 */
export function refuseResourcesTwice(
  container: ContainerModuleLoadOptions,
  resources: readonly ModuleResource[],
): void {
  for (const { identifier, others = [], name } of resources) {
    if (![identifier, ...others].some((each) => isBoundBeside(container, each, undefined))) continue;
    throw new ConfigError({
      code: 'resource-bound-twice',
      message: `Two modules of one container bind the resource "${name}".`,
      recovery: `List it in one of them, or define another one; or load one of the modules in a child container.`,
    });
  }
}

function sectionIndexes({ name, from }: ModuleResource, plan: LoadPlan): readonly number[] {
  return from.map((section) => {
    const index = indexOfSection(section, plan);
    if (index >= 0) return index;
    const { target, name: use } = placed(section);
    const missing = use === undefined ? target.name : `section(${target.name}, { path: '…', name: '${use}' })`;
    throw new TypeError(`resources: "${name}" is made from ${target.name}; list ${missing} under sections, too.`);
  });
}

function indexOfSection(section: SectionTarget, { entries }: LoadPlan): number {
  const { target, name } = placed(section);
  return entries.findIndex((entry) => entry.target === target && entry.name === name);
}

function placed(section: SectionTarget): SectionInScope {
  return typeof section === 'object' ? section : { target: section };
}
