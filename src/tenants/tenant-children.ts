import { Container, type ContainerModule, type ContainerOptions } from 'inversify';
import { type HomeScope, type LiveSettings, StoreScope } from '../container/index.js';
import { type ConfigLogger, guardLogger, kindOfThrown } from '../core/index.js';
import { type Cached, type CacheLimit, ClockCache } from './clock-cache.js';
import { captiveGuard, type GuardOptions } from './captive-guard.js';
import type { LiveTenant } from './live-tenant.js';
import type { Tenant } from './tenant.js';
import type { TenantContext } from './tenant-context.js';
import { closed, pluginNeeded } from './tenant-errors.js';
import type { TenantSettings } from './tenant-settings.js';

/**
 * The container of a tenant, for as long as it is needed: it is not closed before the lease ends. Subpath:
 * `uno-config/tenants`.
 *
 * @example
 * ```ts
 * await using lease = await tenants.for('acme');
 * lease.container.get(HttpSettings);
 * ```
 */
export interface TenantLease extends AsyncDisposable {
  readonly tenant: Tenant;
  readonly container: Container;
  /** Ends the lease; what was got from the container must not be used any more. Resolves when what is closed then is. */
  dispose(): Promise<void>;
}

/** What {@link TenantChildren} works with. */
export interface TenantChildrenOptions {
  readonly settings: TenantSettings;
  readonly context: TenantContext;
  readonly scope: () => HomeScope;
  readonly modules: (tenant: Tenant) => readonly ContainerModule[];
  readonly container: Pick<ContainerOptions, 'defaultScope' | 'autobind'>;
  readonly limit: CacheLimit;
  readonly guard: Omit<GuardOptions, 'home'>;
  readonly logger: ConfigLogger;
}

/** What the container of a tenant injects. */
export class TenantScope extends StoreScope {
  public readonly tenant: Tenant;

  public constructor({ store, tenant }: LiveTenant, reloads: StoreScope['reloads'], live: LiveSettings) {
    super(store, reloads, live);
    this.tenant = tenant;
  }
}

/** A container that is being made, and how many wait to take a lease of it. */
interface Flight {
  child: Promise<Child>;
  waiting: number;
}

class Child implements Cached {
  public readonly live: LiveTenant;
  public readonly container: Container;
  public readonly modules: readonly ContainerModule[];
  public readonly bytes = 0;
  public isRecent = true;
  public leases = 0;
  readonly #flight: Pick<Flight, 'waiting'>;
  /** Set when it is to be closed once nobody has a lease. */
  public isLeaving = false;
  public closing: Promise<void> | undefined;

  public constructor(
    live: LiveTenant,
    container: Container,
    modules: readonly ContainerModule[],
    flight: Pick<Flight, 'waiting'>,
  ) {
    this.#flight = flight;
    this.live = live;
    this.container = container;
    this.modules = modules;
  }

  public get isHeld(): boolean {
    return this.leases > 0 || this.#flight.waiting > 0;
  }
}

const ENDED = Promise.resolve();

class Lease implements TenantLease {
  readonly #child: Child;
  readonly #end: (child: Child) => Promise<void>;
  #ended: Promise<void> | undefined;

  public constructor(child: Child, end: (child: Child) => Promise<void>) {
    this.#child = child;
    this.#end = end;
  }

  public get container(): Container {
    return this.#child.container;
  }

  public get tenant(): Tenant {
    return this.#child.live.tenant;
  }

  // Not async, as the next one: that would make a promise for each.
  public dispose(): Promise<void> {
    return (this.#ended ??= this.#end(this.#child));
  }

  public [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

/** The containers of tenants: one for each that is asked for, until there is no room for it and nobody has a lease. */
export class TenantChildren {
  readonly #options: TenantChildrenOptions;
  readonly #children: ClockCache<Child>;
  readonly #flights = new Map<string, Flight>();
  /** Of a tenant whose container is being closed another one is made when that has ended. */
  readonly #closing = new Map<string, Promise<void>>();
  #guard: ReturnType<typeof captiveGuard> | undefined;
  #isClosed = false;

  public constructor(options: TenantChildrenOptions) {
    this.#options = options;
    this.#children = new ClockCache(options.limit);
  }

  public get size(): number {
    return this.#children.size;
  }

  public get leases(): number {
    let count = 0;
    for (const { leases } of this.#children.values()) count += leases;
    return count;
  }

  /** A lease of a container that is there. */
  public known(live: LiveTenant): TenantLease | undefined {
    const child = this.#isClosed ? undefined : this.#children.get(live.id);
    if (child?.live !== live) return undefined;
    child.leases++;
    return new Lease(child, this.#end);
  }

  /** @throws ConfigError `plugin-needed`, `captive-singleton`, `tenants-closed`, and what `ready` throws. */
  public async lease(live: LiveTenant): Promise<TenantLease> {
    if (this.#isClosed) throw closed();
    const known = this.#children.get(live.id);
    if (known !== undefined) known.leases++;
    const child = known ?? (await this.#joined(live));
    for (const gone of this.#children.sweep(child)) void this.#close(gone);
    return new Lease(child, this.#end);
  }

  /** Closes the container of a tenant when its last lease ends. True when there is one. */
  public async evict(id: string): Promise<boolean> {
    const child = this.#children.peek(id);
    if (child === undefined) return false;
    child.isLeaving = true;
    if (!child.isHeld) await this.#close(child);
    return true;
  }

  /** Closes all of them, whoever has a lease. Never rejects. */
  public async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled([...this.#flights.values()].map(async ({ child }) => child));
    await this.#closeAll(this.#children.values());
    await Promise.all(this.#closing.values());
  }

  /** A container with a lease taken. */
  async #joined(live: LiveTenant): Promise<Child> {
    const { id } = live;
    let flight = this.#flights.get(id);
    if (flight === undefined) {
      const counted = { waiting: 0 };
      const child = this.#make(live, counted).finally(() => this.#flights.delete(id));
      this.#flights.set(id, (flight = Object.assign(counted, { child })));
    }
    flight.waiting++;
    try {
      const child = await flight.child;
      child.leases++;
      return child;
    } finally {
      flight.waiting--;
    }
  }

  async #make(live: LiveTenant, flight: Pick<Flight, 'waiting'>): Promise<Child> {
    const { scope: scopeOf, context, modules: modulesOf, container: options, guard } = this.#options;
    const scope = scopeOf();
    const { home } = scope;
    if (home === undefined) throw pluginNeeded();
    const closing = this.#closing.get(live.id);
    if (closing !== undefined) await closing;
    // Held from here on: the container reads from it.
    live.users++;
    try {
      const container = new Container({ ...options, parent: home.container });
      container.register((this.#guard ??= captiveGuard({ ...guard, home })));
      // The one binding: sections, monitors, secrets and the tenant itself are asked of it.
      container.bind(scope.id).toConstantValue(new TenantScope(live, scope.reloads, context.of(live)));
      const modules = modulesOf(live.tenant);
      if (modules.length > 0) await container.loadAsync(...modules);
      const child = new Child(live, container, modules, flight);
      for (const gone of this.#children.add(live.id, child)) void this.#close(gone);
      return child;
    } catch (error) {
      this.#options.settings.resume(live);
      throw error;
    }
  }

  /** Most leases end without anything to wait for. */
  readonly #end = (child: Child): Promise<void> => {
    child.leases--;
    if (child.leases > 0) return ENDED;
    if (child.isLeaving) return this.#close(child);
    const gone = this.#children.sweep();
    return gone.length === 0 ? ENDED : this.#closeAll(gone);
  };

  async #closeAll(children: Iterable<Child>): Promise<void> {
    await Promise.all([...children].map(async (child) => this.#close(child)));
  }

  /** Unloads the modules of the application. What is bound of settings stays: whoever still has it reads the tenant's. */
  async #close(child: Child): Promise<void> {
    if (child.closing !== undefined) return child.closing;
    const { id } = child.live;
    if (this.#children.peek(id) === child) this.#children.delete(id);
    child.closing = this.#unload(child).finally(() => {
      if (this.#closing.get(id) === child.closing) this.#closing.delete(id);
      this.#options.settings.resume(child.live);
    });
    this.#closing.set(id, child.closing);
    return child.closing;
  }

  async #unload({ container, modules, live }: Child): Promise<void> {
    try {
      await container.unloadAsync(...modules);
    } catch (error) {
      const kind = kindOfThrown(error);
      guardLogger(this.#options.logger).log({
        level: 'error',
        event: 'config.tenant.close-failed',
        message: `Closing the container of a tenant failed: it threw ${kind}.`,
        fields: { tenant: live.id, kind },
      });
    }
  }
}
