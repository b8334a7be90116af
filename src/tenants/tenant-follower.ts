import type { TenantsBase } from '../container/index.js';
import { ConfigError, systemClock } from '../core/index.js';
import { type BuiltTenant, diffGenerations, factsOf, type Turns } from '../runtime/index.js';
import type { CommonMove, LiveTenant, TenantInputs } from './live-tenant.js';
import { isSame, readUsable, type TenantBuilder } from './tenant-builder.js';
import type { TenantDocument } from './tenant.js';
import { quarantined } from './tenant-errors.js';

/** What {@link TenantFollower} works with. */
export interface FollowerOptions {
  readonly base: TenantsBase;
  readonly builder: TenantBuilder;
  readonly turns: Turns;
  /** All whose settings are made. */
  readonly live: () => Iterable<LiveTenant>;
  /** Called for one that has moved, with how many bytes it has grown. */
  readonly grown: (bytes: number) => void;
  /** Called for one that is gone or retired. */
  readonly left: (live: LiveTenant) => void;
}

/** Keeps tenants current when the base, a plan, a ceiling or their documents move: each alone, and one that cannot stays. */
export class TenantFollower {
  readonly #options: FollowerOptions;
  /** Those that are to follow what has moved for them alone, and why. */
  readonly #behind = new Map<LiveTenant, string>();
  /** What all follow, each in its turn: to mark them would take time of the code that commits. */
  #latest: CommonMove = { reason: 'start' };
  /** The one that all who were live have followed. */
  #followed = this.#latest;
  #following: Promise<void> | undefined;
  #isClosed = false;

  public constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** What has moved last for all: a tenant that is made of newer inputs has followed it. */
  public get latest(): CommonMove {
    return this.#latest;
  }

  /** All tenants that are live now are behind. */
  public fallBehind(reason: string): void {
    this.#latest = { reason };
    this.#begin();
  }

  public fallBehindAlone(tenants: Iterable<LiveTenant>, reason: string): void {
    for (const live of tenants) this.#behind.set(live, reason);
    if (this.#behind.size > 0) this.#begin();
  }

  /** Whether a tenant is not what it would be made to now; it may be under way. */
  public isBehind(live: LiveTenant): boolean {
    return this.#mustMove(live) || live.following !== undefined;
  }

  #mustMove(live: LiveTenant): boolean {
    return !this.#isClosed && (live.followed !== this.#latest || this.#behind.has(live));
  }

  public forget(live: LiveTenant): void {
    this.#behind.delete(live);
  }

  /** Resolves when all have followed what has moved so far. */
  public async settled(): Promise<void> {
    await this.#following;
  }

  public async close(): Promise<void> {
    this.#isClosed = true;
    this.#behind.clear();
    await this.#following;
  }

  /** Has a tenant follow now. One after the other: a tenant never mixes two bases. */
  public async follow(live: LiveTenant): Promise<void> {
    do {
      await (live.following ??= this.#followOnce(live).finally(() => {
        live.following = undefined;
      }));
      // What has moved while it ended was too late for it.
    } while (this.#mustMove(live));
  }

  #begin(): void {
    if (!this.#isClosed) this.#following ??= this.#followAll();
  }

  async #followAll(): Promise<void> {
    const { turns, live: all } = this.#options;
    do {
      // A commit is over before anybody follows it.
      await turns.next();
      const latest = this.#latest;
      for (const live of latest === this.#followed ? this.#behind.keys() : all()) {
        await turns.share();
        if (this.isBehind(live)) await this.follow(live);
      }
      this.#followed = latest;
    } while (!this.#isClosed && (this.#followed !== this.#latest || this.#behind.size > 0));
    this.#following = undefined;
  }

  async #followOnce(live: LiveTenant): Promise<void> {
    while (this.#mustMove(live)) {
      const { reason } = this.#latest;
      const own = live.followed === this.#latest ? this.#behind.get(live) : undefined;
      live.followed = this.#latest;
      this.#behind.delete(live);
      await this.#move(live, own ?? reason);
    }
  }

  async #move(live: LiveTenant, reason: string): Promise<void> {
    const { builder, left } = this.#options;
    const { id } = live;
    try {
      const inputs = await builder.inputs(id);
      if (inputs === undefined) {
        left(live);
        return;
      }
      if (isSame(inputs, live.inputs) && live.problem === undefined) return;
      const document = readUsable(id, inputs.found);
      if (document.facts.state === 'retired') {
        live.document = document;
        live.isActive = false;
        left(live);
        return;
      }
      const built = await builder.build(id, document, inputs, live.built);
      if (this.#isClosed) return;
      this.#commit(live, document, inputs, built, reason);
      if (inputs.found.bad !== undefined) this.#quarantine(live, inputs.found.bad, reason);
    } catch (error) {
      if (!ConfigError.is(error)) throw error;
      if (!this.#isClosed) this.#quarantine(live, error, reason);
    }
  }

  #commit(live: LiveTenant, document: TenantDocument, inputs: TenantInputs, built: BuiltTenant, reason: string): void {
    const { base, builder, grown } = this.#options;
    const previous = live.store.current;
    const { generation } = built;
    grown(live.take(document, inputs, built));
    builder.accept(live);
    live.move(generation, builder.logger);
    if (generation.number === previous.number) return;
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
    const { base, builder } = this.#options;
    const problem = quarantined(live.id, error);
    const isTold = live.problem?.message === problem.message;
    live.problem = problem;
    if (isTold) return;
    builder.logQuarantine(live.id, `Tenant ${live.id} keeps the settings that it has: ${error.message}`, error);
    const { number: generation } = live.store.current;
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
}
