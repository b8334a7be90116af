import { type ConfigLogger, ConfigError, guardLogger, silentLogger, systemClock } from '../core/index.js';
import type { TenantsBase } from '../container/index.js';
import { buildTenant, type BuiltTenant, diffGenerations, factsOf } from '../runtime/index.js';
import { ClockCache, type CacheLimit } from './clock-cache.js';
import { LiveTenant, type TenantInputs } from './live-tenant.js';
import { foldIdentifier, isTenantName, readDocument, type TenantDocument } from './tenant.js';
import type { MovedTenants, TenantDocuments } from './tenant-documents.js';
import { closed, inactive, notReady, quarantined, unknownTenant } from './tenant-errors.js';
import type { TenantRules } from './tenant-rules.js';
import { Turns } from './turns.js';

/** What {@link TenantSettings} works with. */
export interface TenantSettingsOptions {
  readonly base: TenantsBase;
  readonly documents: TenantDocuments;
  readonly rules: TenantRules;
  readonly limit: CacheLimit;
  /** Called for a tenant that is not served any more, or not from here. */
  readonly gone: (live: LiveTenant) => void;
}

/** Why a tenant could not be made, from what. */
interface Refusal {
  readonly inputs: TenantInputs;
  readonly error: ConfigError;
}

/**
 * The settings of the tenants that are asked for, kept current: when the base, a plan, a ceiling or a document moves, each
 * tenant follows alone, and one that cannot keeps what it has.
 */
export class TenantSettings {
  readonly #options: TenantSettingsOptions;
  readonly #live: ClockCache<LiveTenant>;
  readonly #flights = new Map<string, Promise<LiveTenant>>();
  readonly #refused = new Map<string, Refusal>();
  /** Those that are to follow what has moved, and why. */
  readonly #behind = new Map<LiveTenant, string>();
  /** Why all are, those that are live now included. */
  #allBehind: string | undefined;
  readonly #logger: Required<ConfigLogger>;
  readonly #turns = new Turns();
  readonly #held: LiveTenant[] = [];
  #following: Promise<void> | undefined;
  #isClosed = false;
  readonly #stop: () => void;

  public constructor(options: TenantSettingsOptions) {
    const { base, documents } = options;
    this.#options = options;
    this.#live = new ClockCache(options.limit);
    this.#logger = guardLogger(base.options.logger ?? silentLogger);
    this.#stop = base.store.onCommit((current) => {
      this.fallBehind('all', `generation ${String(current.number)} of the base`);
    });
    documents.onMoved(({ ids, reason }: MovedTenants) => {
      this.fallBehind(ids, reason);
    });
  }

  /** How many tenants have their settings made, and how much room they take, estimated, in bytes. */
  public get room(): { readonly count: number; readonly bytes: number } {
    return { count: this.#live.size, bytes: this.#live.bytes };
  }

  /** Those whose settings are not what their documents say, with the reason. */
  public get quarantine(): ReadonlyMap<string, ConfigError> {
    const found = new Map<string, ConfigError>();
    for (const [id, { error }] of this.#refused) found.set(id, error);
    for (const { id, problem } of this.#live.values()) if (problem !== undefined) found.set(id, problem);
    return found;
  }

  /**
   * A tenant whose settings are made.
   *
   * @throws ConfigError `tenant-not-ready`, `tenant-quarantined`, `tenant-unknown`, `tenant-inactive`, `tenants-closed`.
   */
  public get(id: string): LiveTenant {
    const live = this.#live.get(id);
    if (live === undefined) throw this.#whyNotLive(id);
    const { state } = live.document.facts;
    if (state !== 'active') throw inactive(id, state);
    return live;
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

  /**
   * Has the settings of a tenant made, or brought up to date.
   *
   * @throws ConfigError `tenant-unknown`, `tenant-inactive`, `tenant-quarantined`, `tenants-closed`, and of the documents.
   */
  public async ready(id: string): Promise<LiveTenant> {
    if (this.#isClosed) throw closed();
    if (!isTenantName(id)) throw unknownTenant(id);
    this.#markAll();
    let live = this.#live.get(id);
    if (live !== undefined && this.#behind.has(live)) {
      await this.#follow(live);
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

  /** Keeps a tenant to the end of the turn: whoever waits for it is about to use it. */
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
    if (ids === 'all') this.#allBehind = reason;
    else {
      for (const id of ids) {
        this.#refused.delete(id);
        const live = this.#live.peek(id);
        if (live !== undefined) this.#behind.set(live, reason);
      }
    }
    if (this.#allBehind !== undefined || this.#behind.size > 0) this.#following ??= this.#followAll();
  }

  /** Resolves when all tenants have followed what has moved so far. */
  public async settled(): Promise<void> {
    await this.#following;
  }

  /** Lets go of a tenant's settings; they are made again when somebody asks. */
  public evict(id: string): boolean {
    const live = this.#live.peek(id);
    if (live === undefined || live.users > 0) return false;
    this.#forget(live);
    return true;
  }

  /** Whoever stood on a tenant does so no more. */
  public resume(live: LiveTenant): void {
    live.users--;
    this.#sweep();
  }

  public async close(): Promise<void> {
    this.#isClosed = true;
    this.#stop();
    this.#behind.clear();
    await Promise.allSettled([this.#following, ...this.#flights.values()]);
  }

  async #make(id: string): Promise<LiveTenant> {
    const { documents, base, rules } = this.#options;
    for (;;) {
      await this.#turns.share();
      const found = await documents.find(id);
      if (found === undefined) throw unknownTenant(id, documents.idOf(foldIdentifier(id)));
      const inputs: TenantInputs = { base: base.store.current, found, rules: rules.state };
      const refused = this.#refused.get(id);
      if (refused !== undefined && isSame(refused.inputs, inputs)) throw refused.error;
      try {
        const document = readUsable(id, found.layers, found.bad);
        const { state } = document.facts;
        if (state !== 'active') throw inactive(id, state);
        const built = await this.#build(id, document, inputs);
        if (this.#isClosed) throw closed();
        // Something has moved meanwhile, and nobody knew of this one.
        if (!(await this.#isCurrent(id, inputs))) continue;
        const live = new LiveTenant(id, document, inputs, built);
        if (found.bad !== undefined) live.problem = quarantined(id, found.bad);
        for (const gone of this.#live.add(id, live)) this.#forget(gone);
        this.#refused.delete(id);
        this.#tellClamps(live);
        return this.#hold(live);
      } catch (error) {
        if (!ConfigError.is(error) || error.code === 'tenant-inactive' || error.code === 'tenants-closed') throw error;
        const refusal = quarantined(id, error);
        this.#refused.set(id, { inputs, error: refusal });
        this.#log('error', 'config.tenant.quarantined', refusal.message, { tenant: id, code: error.code });
        throw refusal;
      }
    }
  }

  async #isCurrent(id: string, { base, found, rules }: TenantInputs): Promise<boolean> {
    const { documents, base: at, rules: now } = this.#options;
    return at.store.current === base && now.state === rules && (await documents.find(id)) === found;
  }

  async #build(
    id: string,
    document: TenantDocument,
    { base }: TenantInputs,
    before?: LiveTenant,
  ): Promise<BuiltTenant> {
    const { rules, base: on } = this.#options;
    const plan = rules.layersOf(document.facts.plan);
    const { ceilings } = rules.state;
    const { layers } = document;
    return buildTenant({ tenant: id, base, plan, layers, ceilings, options: on.options, before: before?.built });
  }

  /** All tenants that are live now are behind what has moved for all; whoever commits that does not wait to count them. */
  #markAll(): void {
    const reason = this.#allBehind;
    if (reason === undefined) return;
    this.#allBehind = undefined;
    this.#refused.clear();
    for (const live of this.#live.values()) this.#behind.set(live, reason);
  }

  async #followAll(): Promise<void> {
    do {
      // A commit is over before anybody follows it.
      await this.#turns.next();
      this.#markAll();
      for (const [live] of this.#behind) {
        await this.#turns.share();
        await this.#follow(live);
      }
    } while (this.#allBehind !== undefined);
    this.#following = undefined;
  }

  /** One after the other: a tenant never mixes two bases. */
  async #follow(live: LiveTenant): Promise<void> {
    await (live.following ??= this.#followOnce(live).finally(() => {
      live.following = undefined;
    }));
  }

  async #followOnce(live: LiveTenant): Promise<void> {
    for (let reason = this.#behind.get(live); reason !== undefined; reason = this.#behind.get(live)) {
      this.#behind.delete(live);
      await this.#move(live, reason);
    }
  }

  async #move(live: LiveTenant, reason: string): Promise<void> {
    const { documents, base, rules } = this.#options;
    const { id } = live;
    try {
      const found = await documents.find(id);
      if (found === undefined) {
        this.#leave(live);
        return;
      }
      const inputs: TenantInputs = { base: base.store.current, found, rules: rules.state };
      if (isSame(inputs, live.inputs) && live.problem === undefined) return;
      const document = readUsable(id, found.layers, found.bad);
      if (document.facts.state === 'retired') {
        live.document = document;
        this.#leave(live);
        return;
      }
      const built = await this.#build(id, document, inputs, live);
      if (this.#isClosed) return;
      this.#commit(live, document, inputs, built, reason);
      if (found.bad !== undefined) this.#quarantine(live, found.bad, reason);
    } catch (error) {
      if (!ConfigError.is(error)) throw error;
      if (!this.#isClosed) this.#quarantine(live, error, reason);
    }
  }

  #commit(live: LiveTenant, document: TenantDocument, inputs: TenantInputs, built: BuiltTenant, reason: string): void {
    const { base } = this.#options;
    const previous = live.store.current;
    const { generation } = built;
    this.#live.resize(live.take(document, inputs, built));
    this.#tellClamps(live);
    if (generation.number === previous.number) {
      live.store.refresh(generation);
      return;
    }
    try {
      live.store.commit(generation);
    } catch (error) {
      const failures = error instanceof AggregateError ? error.errors.length : 1;
      const message = `${String(failures)} listeners failed when the settings of a tenant changed; the change stands.`;
      this.#log('error', 'config.listener.failed', message, { tenant: live.id });
    }
    const { events } = base.reloads;
    if (events.listenerCount === 0) return;
    const sections = diffGenerations(factsOf(previous), factsOf(generation));
    if (sections.length === 0) return;
    const { number } = generation;
    const time = (base.options.clock ?? systemClock).now();
    events.publish(
      { type: 'ConfigChanged', time, generation: number, previous: previous.number, reason, sections, tenant: live.id },
      { current: generation, previous },
    );
  }

  #quarantine(live: LiveTenant, error: ConfigError, reason: string): void {
    const { base } = this.#options;
    const problem = quarantined(live.id, error);
    const isTold = live.problem?.message === problem.message;
    live.problem = problem;
    if (isTold) return;
    const { number: generation } = live.store.current;
    const message = `Tenant ${live.id} keeps the settings that it has: ${error.message}`;
    this.#log('error', 'config.tenant.quarantined', message, { tenant: live.id, code: error.code });
    const time = (base.options.clock ?? systemClock).now();
    base.reloads.events.publish({
      type: 'ConfigReloadRejected',
      time,
      generation,
      reason,
      error: problem,
      attempt: 1,
      tenant: live.id,
    });
  }

  /** It is gone or retired: whoever works for it may end, and nobody begins. */
  #leave(live: LiveTenant): void {
    this.#live.delete(live.id);
    this.#options.gone(live);
  }

  #forget(live: LiveTenant): void {
    this.#live.delete(live.id);
    this.#behind.delete(live);
    this.#options.documents.forget(live.id);
  }

  #tellClamps({ id, built: { clamps } }: LiveTenant): void {
    if (clamps.length === 0) return;
    const paths = clamps.map(({ path }) => path);
    const message = `Settings of a tenant are held at the ceiling: ${paths.join(', ')}.`;
    this.#log('warn', 'config.tenant.clamped', message, { tenant: id, paths });
  }

  #log(level: 'warn' | 'error', event: string, message: string, fields: Readonly<Record<string, unknown>>): void {
    this.#logger.log({ level, event, message, fields });
  }
}

function isSame(one: TenantInputs, other: TenantInputs): boolean {
  return one.base === other.base && one.found === other.found && one.rules === other.rules;
}

/** A document that is bad now is used as it was when it was good. */
function readUsable(id: string, layers: TenantInputs['found']['layers'], bad: ConfigError | undefined): TenantDocument {
  if (bad !== undefined && layers.length === 0) throw bad;
  return readDocument(id, layers);
}
