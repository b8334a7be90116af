import type { TenantsBase } from '../container/index.js';
import { ConfigError } from '../core/index.js';
import { ClockCache, type CacheLimit } from './clock-cache.js';
import { LiveTenant, type TenantInputs } from './live-tenant.js';
import { foldIdentifier, isTenantName } from './tenant.js';
import { type ConfigStore, incompleteCopy, Turns } from '../runtime/index.js';
import { isSame, readUsable, TenantBuilder, type TenantParts } from './tenant-builder.js';
import type { FoundDocument, MovedTenants } from './tenant-documents.js';
import { closed, inactive, notReady, quarantined, unknownTenant } from './tenant-errors.js';
import { TenantFollower } from './tenant-follower.js';

/** What {@link TenantSettings} works with. */
export interface TenantSettingsOptions extends TenantParts {
  readonly base: TenantsBase;
  readonly limit: CacheLimit;
  /** Called for a tenant that is not served any more, or not from here. */
  readonly gone: (live: LiveTenant) => void;
}

/** Why a tenant could not be made, from what. */
interface Refusal {
  readonly inputs: TenantInputs;
  readonly error: ConfigError;
}

/** The settings of the tenants that are asked for, for as long as there is room for them, and kept current. */
export class TenantSettings {
  readonly #options: TenantSettingsOptions;
  readonly #builder: TenantBuilder;
  readonly #follower: TenantFollower;
  readonly #live: ClockCache<LiveTenant>;
  readonly #flights = new Map<string, Promise<LiveTenant>>();
  #refused = new Map<string, Refusal>();
  readonly #turns = new Turns();
  readonly #held: LiveTenant[] = [];
  #isClosed = false;
  readonly #stops: readonly (() => void)[];

  public constructor(options: TenantSettingsOptions) {
    const { base, documents, limit, gone } = options;
    this.#options = options;
    this.#live = new ClockCache(limit);
    this.#builder = new TenantBuilder(options);
    this.#follower = new TenantFollower({
      base,
      builder: this.#builder,
      turns: this.#turns,
      live: () => this.#live.values(),
      grown: (bytes) => {
        this.#live.resize(bytes);
      },
      left: (live) => {
        // Running work may end, and none begins.
        this.#live.delete(live.id);
        gone(live);
      },
    });
    this.#stops = [
      base.store.onCommit((current) => {
        this.fallBehind('all', `generation ${String(current.number)} of the base`);
      }),
      base.store.onRefresh((current) => {
        this.fallBehind('all', `what generation ${String(current.number)} of the base hides`);
      }),
    ];
    documents.onMoved(({ ids, reason }: MovedTenants) => {
      this.fallBehind(ids, reason);
    });
  }

  /** How many tenants have their settings made, and how much room they take, estimated, in bytes. */
  public get room(): { readonly count: number; readonly bytes: number } {
    return { count: this.#live.size, bytes: this.#live.bytes };
  }

  /** Tenants whose settings do not match their documents, with the reason. */
  public get quarantine(): ReadonlyMap<string, ConfigError> {
    const found = new Map<string, ConfigError>();
    for (const [id, { error }] of this.#refused) found.set(id, error);
    for (const { id, problem } of this.#live.values()) if (problem !== undefined) found.set(id, problem);
    return found;
  }

  /** Those whose documents come from the last known good on disk, with the time when that was written. */
  public get restored(): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    for (const { id, restoredAt } of this.#live.values()) if (restoredAt !== undefined) found.set(id, restoredAt);
    return found;
  }

  /**
   * A tenant whose settings are made.
   *
   * @throws ConfigError `tenant-not-ready`, `tenant-quarantined`, `tenant-unknown`, `tenant-inactive`, `tenants-closed`.
   */
  public get(id: string): LiveTenant {
    const live = this.#live.get(id);
    if (live?.isActive === true) return live;
    throw live === undefined ? this.#whyNotLive(id) : inactive(id, live.document.facts.state);
  }

  #whyNotLive(id: string): ConfigError {
    if (this.#isClosed) return closed();
    if (!isTenantName(id)) return unknownTenant(id);
    return this.#refused.get(id)?.error ?? notReady(id);
  }

  /** The same without a throw, and whatever its state. */
  public peek(id: string): LiveTenant | undefined {
    return this.#live.get(id);
  }

  /** A tenant that is served and current; `undefined` for one that has to be waited for. */
  public current(id: string): LiveTenant | undefined {
    const live = this.#isClosed ? undefined : this.#live.get(id);
    return live?.isActive === true && !this.#follower.isBehind(live) ? live : undefined;
  }

  /**
   * Has the settings of a tenant made, or brought up to date.
   *
   * @throws ConfigError `tenant-unknown`, `tenant-inactive`, `tenant-quarantined`, `tenants-closed`, and of the documents.
   */
  public async ready(id: string): Promise<LiveTenant> {
    if (this.#isClosed) throw closed();
    if (!isTenantName(id)) throw unknownTenant(id);
    let live = this.#live.get(id);
    if (live !== undefined && this.#follower.isBehind(live)) {
      await this.#follower.follow(live);
      live = this.#live.get(id);
    }
    if (live !== undefined) return this.#hold(this.get(id));
    let flight = this.#flights.get(id);
    if (flight === undefined) {
      flight = this.#make(id).finally(() => this.#flights.delete(id));
      this.#flights.set(id, flight);
    }
    return flight;
  }

  /**
   * The settings of a tenant that is known: those in use, or others that nobody else gets to see.
   *
   * @throws ConfigError `tenant-unknown`, `tenant-inactive`, `tenant-quarantined`, `tenants-closed`.
   */
  public async look(id: string): Promise<ConfigStore> {
    if (this.#isClosed) throw closed();
    const live = this.current(id);
    if (live !== undefined) return live.store;
    const inputs = this.#options.documents.ids.includes(id) ? await this.#builder.inputs(id) : undefined;
    if (inputs === undefined) throw unknownTenant(id);
    try {
      return (await this.#makeFrom(id, inputs, inputs.found)).store;
    } catch (error) {
      throw isRefusal(error) ? quarantined(id, error) : error;
    }
  }

  /** Keeps a tenant to the end of the turn: its waiting caller is about to use it. */
  #hold(live: LiveTenant): LiveTenant {
    live.isAwaited = true;
    if (this.#held.push(live) === 1) {
      setImmediate(() => {
        for (const each of this.#held.splice(0)) each.isAwaited = false;
        this.#sweep();
      });
    }
    return live;
  }

  #sweep(): void {
    for (const gone of this.#live.sweep()) this.#forget(gone);
  }

  /** Has tenants follow what has moved. */
  public fallBehind(ids: ReadonlySet<string> | 'all', reason: string): void {
    if (this.#isClosed) return;
    if (ids === 'all') {
      // Another map: a commit does not wait until each has been removed.
      this.#refused = new Map();
      this.#follower.fallBehind(reason);
      return;
    }
    if (this.#refused.size > 0) for (const id of ids) this.#refused.delete(id);
    this.#follower.fallBehindAlone(this.#liveOf(ids), reason);
  }

  *#liveOf(ids: Iterable<string>): Iterable<LiveTenant> {
    for (const id of ids) {
      const live = this.#live.peek(id);
      if (live !== undefined) yield live;
    }
  }

  /** Resolves when all tenants have followed what has moved so far. */
  public async settled(): Promise<void> {
    await this.#follower.settled();
  }

  /** Releases a tenant's settings; they are rebuilt on the next use. */
  public evict(id: string): boolean {
    const live = this.#live.peek(id);
    if (live === undefined || live.users > 0) return false;
    this.#forget(live);
    return true;
  }

  /** A container of the tenant is no longer based on it. */
  public resume(live: LiveTenant): void {
    live.users--;
    this.#sweep();
  }

  public async close(): Promise<void> {
    this.#isClosed = true;
    for (const stop of this.#stops) stop();
    await Promise.allSettled([this.#follower.close(), ...this.#flights.values()]);
  }

  async #make(id: string): Promise<LiveTenant> {
    const { documents } = this.#options;
    for (;;) {
      await this.#turns.share();
      const { latest } = this.#follower;
      const inputs = await this.#builder.inputs(id);
      if (inputs === undefined) throw unknownTenant(id, documents.idOf(foldIdentifier(id)));
      const refused = this.#refused.get(id);
      if (refused !== undefined && isSame(refused.inputs, inputs)) throw refused.error;
      let live: LiveTenant | undefined;
      try {
        live = await this.#makeFrom(id, inputs, inputs.found);
        // Something has moved meanwhile, and this tenant was not notified.
        if (!(await this.#builder.isCurrent(id, inputs))) continue;
        this.#builder.accept(live);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        const refusal = quarantined(id, error);
        live = await this.#makeFromCopy(id, inputs, refusal);
        if (live === undefined) this.#refused.set(id, { inputs, error: refusal });
        else if (!(await this.#builder.isCurrent(id, inputs))) continue;
        const kept = `Tenant ${id} goes on with its last known good: ${error.message}`;
        this.#builder.logQuarantine(id, live === undefined ? refusal.message : kept, error);
        if (live === undefined) throw refusal;
      }
      live.followed = latest;
      for (const gone of this.#live.add(id, live)) this.#forget(gone);
      this.#refused.delete(id);
      return this.#hold(live);
    }
  }

  /** The fallback of a tenant whose current document cannot be used: the newest usable copy. */
  async #makeFromCopy(id: string, inputs: TenantInputs, problem: ConfigError): Promise<LiveTenant | undefined> {
    for (const copy of (await this.#options.copies?.find(id)) ?? []) {
      if (incompleteCopy(copy) !== undefined) continue;
      try {
        const live = await this.#makeFrom(id, inputs, { layers: copy.layers });
        live.problem = problem;
        live.restoredAt = copy.savedAt;
        return live;
      } catch (error) {
        // It no longer fits the settings classes; the one before may.
        if (!isRefusal(error)) throw error;
      }
    }
    return undefined;
  }

  async #makeFrom(id: string, inputs: TenantInputs, found: FoundDocument): Promise<LiveTenant> {
    const document = readUsable(id, found);
    const { state } = document.facts;
    if (state !== 'active') throw inactive(id, state);
    const built = await this.#builder.build(id, document, inputs);
    if (this.#isClosed) throw closed();
    const live = new LiveTenant(id, document, inputs, built);
    if (inputs.found.bad !== undefined) live.problem = quarantined(id, inputs.found.bad);
    return live;
  }

  #forget(live: LiveTenant): void {
    this.#live.delete(live.id);
    this.#follower.forget(live);
    this.#options.documents.forget(live.id);
  }
}

/** Something of the tenant itself that cannot be used. */
function isRefusal(error: unknown): error is ConfigError {
  return ConfigError.is(error) && error.code !== 'tenant-inactive' && error.code !== 'tenants-closed';
}
