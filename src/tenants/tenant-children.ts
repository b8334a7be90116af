import { Container, type ContainerModule, type ContainerOptions } from 'inversify';
import { type HomeScope, StoreScope } from '../container/index.js';
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
  readonly modules: ((tenant: Tenant) => readonly ContainerModule[]) | undefined;
  readonly container: Pick<ContainerOptions, 'defaultScope' | 'autobind'>;
  readonly limit: CacheLimit;
  readonly guard: Omit<GuardOptions, 'home'>;
  readonly logger: ConfigLogger;
}

/** What the container of a tenant injects. Its live handles refuse to be used for another one. */
export class TenantScope extends StoreScope {
  public override readonly tenant: Tenant;

  public constructor(live: LiveTenant, reloads: StoreScope['reloads'], context: TenantContext) {
    super(live.store, reloads, context.of(live));
    this.tenant = live.tenant;
  }
}

class Child implements Cached {
  public readonly live: LiveTenant;
  public readonly container: Container;
  public modules: readonly ContainerModule[] = [];
  public readonly bytes = 0;
  public isRecent = true;
  /** Those who wait for it included. */
  public leases = 0;
  /** While its modules are loaded. */
  public making: Promise<void> | undefined;
  public closing: Promise<void> | undefined;

  public constructor(live: LiveTenant, container: Container) {
    this.live = live;
    this.container = container;
  }

  public get isHeld(): boolean {
    return this.leases > 0;
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

/** The containers of tenants: one for each tenant in use, until room is needed and no lease is open. */
export class TenantChildren {
  readonly #options: TenantChildrenOptions;
  readonly #children: ClockCache<Child>;
  readonly #making = new Map<string, Child>();
  /** Containers that are no longer given out, and still have open leases. */
  readonly #leaving = new Set<Child>();
  /** Of a tenant whose container is being closed another one is made when that has ended. */
  readonly #closing = new Map<string, Promise<void>>();
  #guard: ReturnType<typeof captiveGuard> | undefined;
  #isClosed = false;

  public constructor(options: TenantChildrenOptions) {
    this.#options = options;
    this.#children = new ClockCache(options.limit);
  }

  public get size(): number {
    return this.#children.size + this.#leaving.size;
  }

  public get leases(): number {
    let count = 0;
    for (const { leases } of this.#all) count += leases;
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
    const child = this.#children.get(live.id) ?? this.#making.get(live.id) ?? this.#make(live);
    child.leases++;
    if (child.making !== undefined) await child.making;
    for (const gone of this.#children.sweep(child)) void this.#close(gone);
    return new Lease(child, this.#end);
  }

  /** Closes the container of a tenant when its last lease ends. True when there is one. */
  public async evict(id: string): Promise<boolean> {
    const child = this.#making.get(id) ?? this.#children.peek(id);
    if (child === undefined) return false;
    // Later callers get another one, so that the last lease of this one comes to an end.
    this.#making.delete(id);
    this.#children.delete(id);
    this.#leaving.add(child);
    if (!child.isHeld) await this.#close(child);
    return true;
  }

  /** Closes all of them, open leases or not. Never rejects. */
  public async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled([...this.#making.values(), ...this.#leaving].map(async ({ making }) => making));
    await this.#closeAll(this.#all);
    await Promise.all(this.#closing.values());
  }

  get #all(): readonly Child[] {
    return [...this.#children.values(), ...this.#leaving];
  }

  #make(live: LiveTenant): Child {
    const { scope: scopeOf, context, modules, container: options, guard } = this.#options;
    const scope = scopeOf();
    const { home } = scope;
    if (home === undefined) throw pluginNeeded();
    const container = new Container({ ...options, parent: home.container });
    container.register((this.#guard ??= captiveGuard({ ...guard, home })));
    // The one binding: sections, monitors, secrets and the tenant itself are asked of it.
    container.bind(scope.id).toConstantValue(new TenantScope(live, scope.reloads, context));
    const child = new Child(live, container);
    // Held from here on: the container reads from it.
    live.users++;
    const closing = this.#closing.get(live.id);
    if (modules === undefined && closing === undefined) this.#keep(child);
    else {
      child.making = this.#load(child, closing);
      this.#making.set(live.id, child);
    }
    return child;
  }

  async #load(child: Child, closing: Promise<void> | undefined): Promise<void> {
    const { live, container } = child;
    try {
      await closing;
      child.modules = this.#options.modules?.(live.tenant) ?? [];
      if (child.modules.length > 0) await container.loadAsync(...child.modules);
      this.#keep(child);
    } catch (error) {
      this.#leaving.delete(child);
      this.#options.settings.resume(live);
      throw error;
    } finally {
      child.making = undefined;
      if (this.#making.get(live.id) === child) this.#making.delete(live.id);
    }
  }

  #keep(child: Child): void {
    if (this.#leaving.has(child)) return;
    for (const gone of this.#children.add(child.live.id, child)) void this.#close(gone);
  }

  /** Most leases end without anything to wait for. */
  readonly #end = (child: Child): Promise<void> => {
    child.leases--;
    if (child.leases > 0) return ENDED;
    if (this.#leaving.has(child)) return this.#close(child);
    const gone = this.#children.sweep();
    return gone.length === 0 ? ENDED : this.#closeAll(gone);
  };

  async #closeAll(children: Iterable<Child>): Promise<void> {
    await Promise.all([...children].map(async (child) => this.#close(child)));
  }

  /** Unloads the modules of the application. Bindings of settings stay: remaining users still read the tenant's. */
  async #close(child: Child): Promise<void> {
    if (child.closing !== undefined) return child.closing;
    const { id } = child.live;
    this.#leaving.delete(child);
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
