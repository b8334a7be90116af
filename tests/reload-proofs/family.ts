import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { ConfigModule, monitorIdentifier, sectionIdentifier } from '../../src/container/index.js';
import { ConfigError, createLayer } from '../../src/core/index.js';
import { loadGeneration, Overlay, type Generation } from '../../src/runtime/index.js';
import { object } from '../../src/sources/index.js';
import { defineTenants, TenantContainers, type TenantLease } from '../../src/tenants/index.js';
import { WatchedValues } from '../container/watched-values.js';
import { documents } from '../tenants/tenant-world.js';
import { AskedSource } from './asked-source.js';
import { compare } from './compare.js';
import { ReloadModel, type Answer } from './model-state.js';
import { First, ReloadWorld, RULES, Second, SECTIONS } from './model-world.js';
import { documentOf, OverlayModel, treeOf, type Over, type Said, type Seen } from './overlay-model.js';
import { settle } from './settle.js';

const TENANT = 'acme';
/** The place of each source in the list of those who read it. */
const PLACES = [{ base: 0 }, { base: 1, scope: 0 }, { scope: 1 }] as const;

/**
 * A service with an overlay over its settings, and at times a scope: the module of a child container, with a part of the
 * sections, that reads the last source of the service beside its own.
 */
export class FamilyModel {
  public readonly base = new ReloadModel({ verifies: true });
  public scope: ReloadModel | undefined;
  public readonly overlay = new OverlayModel();
  public isLeased = false;
  public isCalling = false;
  #followed = 1;
  readonly #truth: Answer[] = [
    [1, 1],
    [undefined, undefined],
    [undefined, 'many'],
  ];

  public say(source: number, said: Answer): void {
    this.#truth[source] = said;
    for (const [model, at] of this.#readersOf(source)) model.truth[at] = said;
  }

  public hint(source: number): void {
    for (const [model, at] of this.#readersOf(source)) model.hint(at);
  }

  public openScope(verifies: boolean, vetoed: boolean): void {
    const names = ['source 1', 'source 2'] as const;
    const scope = ReloadModel.load(this.#truth.slice(1), { names, sections: 1, verifies });
    if (!vetoed) this.scope = scope;
  }

  /** Has the overlay follow what the service has come to. */
  public follow(): void {
    const { current, history } = this.base;
    const passed = history.filter(({ number }) => number > this.#followed && number < current.number);
    this.#followed = current.number;
    this.overlay.follow([...passed, current].map(({ values }) => values));
  }

  *#readersOf(source: number): Iterable<readonly [ReloadModel, number]> {
    for (const [reader, at] of Object.entries(PLACES[source] ?? {})) {
      const model = reader === 'base' ? this.base : this.scope;
      if (model !== undefined) yield [model, at];
    }
  }
}

/** A call for the tenant: to its end it reads what it began with. */
interface Call {
  readonly within: (read: () => readonly object[]) => readonly object[];
  readonly seen: readonly object[];
}

/** What {@link FamilyModel} is the model of. */
export class FamilyWorld {
  public readonly base: ReloadWorld;
  public scope: ReloadWorld | undefined;
  public lease: TenantLease | undefined;
  /** Whether the tenant has gone since the lease began. */
  public isLeaseOld = false;
  public call: Call | undefined;
  #isClosed = false;
  readonly #sources: AskedSource[];
  readonly #documents = new WatchedValues(documents({}), 'tenants');
  readonly #plans = new WatchedValues(documents({ gold: {} }), 'plans');

  public constructor() {
    this.#sources = [new AskedSource('source 0', [1, 1]), new AskedSource('source 1', [undefined, undefined])];
    const tenants = defineTenants({ layers: this.#documents, plans: this.#plans });
    this.base = new ReloadWorld({ verifies: true, tenants, sources: this.#sources.slice() });
    this.#sources.push(new AskedSource('source 2', [undefined, 'many']));
  }

  public get tenants(): TenantContainers {
    return this.base.container.get(TenantContainers);
  }

  public async open(): Promise<this> {
    await this.base.open();
    await this.base.container.loadAsync(ConfigModule.forScope('billing', [First, Second]));
    return this;
  }

  public say(source: number, said: Answer): void {
    const asked = this.#sources[source];
    if (asked !== undefined) asked.truth = said;
  }

  public changed(source: number): void {
    this.#sources[source]?.changed();
  }

  /** A scope that cannot be opened leaves nothing. */
  public async openScope(verifies: boolean, vetoed: boolean): Promise<void> {
    const own = new AskedSource('source 2', this.#sources[2]?.truth ?? 'down');
    this.#sources[2] = own;
    const parent = this.base.container;
    const scope = new ReloadWorld({ verifies, vetoed, parent, sources: this.#sources.slice(1) });
    try {
      await scope.open();
      this.scope = scope;
    } catch (error) {
      expect(ConfigError.is(error)).toBe(true);
      this.#checkGone(scope);
    }
  }

  /** Closes the scope whatever is under way; nothing happens in it any more, and the service goes on. */
  public async closeScope(): Promise<void> {
    const { scope } = this;
    if (scope === undefined) return;
    this.scope = undefined;
    await scope.container.unbindAllAsync();
    await checkSilent(scope);
    this.#checkGone(scope);
    expect(this.#sources[2]?.closed).toBe(1);
  }

  #checkGone(scope: ReloadWorld): void {
    const [, shared, own] = this.#sources;
    const others = this.#isClosed ? [] : ['base'];
    expect([shared?.watchers, own?.watchers, shared?.closed]).toEqual([others, [], 1 - others.length]);
    expect([scope.clients.size, scope.clock.waiting]).toEqual([0, 0]);
    if (!this.#isClosed) expect(scope.container.get(First)).toBe(this.base.container.get(First));
  }

  public async sayTenant(said: Said | undefined): Promise<void> {
    this.#documents.set(documents(said === undefined ? {} : { [TENANT]: documentOf(said) }));
    await this.tenants.refresh();
    if (said === undefined) this.isLeaseOld = true;
  }

  public async sayPlan(plan: Over): Promise<void> {
    this.#plans.set(documents({ gold: treeOf(plan) }));
    await this.tenants.refresh();
  }

  public async evict(): Promise<void> {
    await this.tenants.evict(TENANT);
  }

  public async openLease(): Promise<void> {
    this.isLeaseOld = false;
    this.lease = await this.tenants.for(TENANT);
  }

  public async closeLease(): Promise<void> {
    await this.lease?.dispose();
    this.lease = undefined;
  }

  public beginCall(): void {
    const within: Call['within'] = this.tenants.run(TENANT, () => AsyncLocalStorage.snapshot());
    this.call = { within, seen: within(() => this.#live()) };
  }

  /** What the base's own monitors read. */
  #live(): readonly object[] {
    return [First, Second].map((section) => this.base.container.get(monitorIdentifier<object>(section)).current);
  }

  public async checkOverlay({ overlay }: FamilyModel): Promise<void> {
    const { tenants } = this;
    if (this.call !== undefined) expect(this.call.within(() => this.#live())).toEqual(this.call.seen);
    const ready: unknown = await tenants.ready(TENANT).catch((error: unknown) => error);
    const isDegraded = overlay.said !== undefined && !overlay.isCurrent;
    expect([ConfigError.is(ready) ? ready.code : undefined, tenants.health().quarantined.has(TENANT)]).toEqual([
      overlay.refusal,
      isDegraded,
    ]);
    if (overlay.seen === undefined) return;
    const made = SECTIONS.map((section) => tenants.settings<object>(TENANT, section));
    const has = ({ values }: Seen): boolean => JSON.stringify(made) === JSON.stringify(shown(values));
    overlay.seen = overlay.passed.find(has) ?? overlay.seen;
    expect(made).toMatchObject(shown(overlay.seen.values));
    const { instances } = this.base.generation;
    // What no layer says, and is equal, is not made once more.
    const copies = made.filter(
      (instance, at) =>
        overlay.isCurrent &&
        (at > 1 || !overlay.says(at)) &&
        instance !== instances[at] &&
        JSON.stringify(instance) === JSON.stringify(instances[at]),
    );
    expect(copies).toEqual([]);
    if (this.lease === undefined || this.isLeaseOld) return;
    const { container } = this.lease;
    expect([First, Second].map((section) => container.get<object>(section))).toEqual(made.slice(0, 2));
    expect(container.get(First)).toBe(made[0]);
    const billing = [First, Second].map((section) =>
      container.get<object>(sectionIdentifier<object>(section, 'billing')),
    );
    expect(billing).toMatchObject(shown(overlay.seen.billing).slice(0, 2));
  }

  /** At rest everything is what it would be if it were loaded now. */
  public async checkFresh({ overlay, scope }: FamilyModel): Promise<void> {
    const base = await freshOf(this.base, { sections: SECTIONS, rules: RULES });
    expect(this.base.generation.instances).toEqual(base.instances);
    if (scope !== undefined && this.scope !== undefined) {
      const alone = await freshOf(this.scope, { sections: [First], partial: true });
      expect(this.scope.generation.instances).toEqual(alone.instances);
    }
    if (!overlay.isCurrent) return;
    let over: Generation | Overlay = base;
    for (const tree of overlay.layers) {
      over = new Overlay(over, [createLayer({ name: 'over', tree })], { rules: RULES, above: 2 });
    }
    const { instances } = over instanceof Overlay ? await over.generation() : over;
    expect(SECTIONS.map((section) => this.tenants.settings<object>(TENANT, section))).toEqual(instances);
  }

  /** Closes the service, whatever is under way; a scope goes on until it is closed itself. */
  public async close({ base, scope }: FamilyModel): Promise<void> {
    await this.base.container.unbindAllAsync();
    this.#isClosed = true;
    await checkSilent(this.base);
    expect(this.base.answers.size).toBe(base.requests);
    const [own, shared] = this.#sources;
    const isShared = this.scope !== undefined;
    expect([own?.closed, own?.watchers, this.#documents.closed, this.#plans.closed]).toEqual([1, [], 1, 1]);
    expect([shared?.closed, shared?.watchers]).toEqual(isShared ? [0, ['scope']] : [1, []]);
    if (scope !== undefined && this.scope !== undefined) await settle(scope, this.scope);
    await this.closeScope();
    expect(shared?.closed).toBe(1);
  }
}

/** Nothing happens any more in a service that has been closed, and nothing of it is left. */
async function checkSilent(world: ReloadWorld): Promise<void> {
  const { current, events, reloads, clients, clock } = world;
  const told = events.length;
  for (const { answer } of world.pending.splice(0)) answer();
  world.judge(false);
  clock.advance(1_000);
  for (let turns = 0; turns < 5; turns++) await turn();
  expect([world.current, events.length, clients.size, clock.waiting]).toEqual([current, told, 0, 0]);
  expect([reloads.status().state, reloads.status().participants]).toEqual(['closed', []]);
}

/** All sections with these numbers. */
function shown(values: readonly number[]): readonly object[] {
  return [...values.map((n) => ({ n })), ...values.map((n) => ({ text: `is ${String(n)}` }))];
}

async function freshOf(
  { sources }: ReloadWorld,
  options: Pick<Parameters<typeof loadGeneration>[0], 'sections' | 'rules' | 'partial'>,
): Promise<Generation> {
  const said = sources.map(({ truth }) => object(truth === 'down' ? {} : treeOf(truth)));
  return loadGeneration({ ...options, sources: said, environment: 'test', env: {} });
}

/** Waits until all have done what their models did, and compares; each is as if the others were not there. */
export async function compareFamily(model: FamilyModel, world: FamilyWorld): Promise<void> {
  await compare(model.base, world.base);
  expect(world.scope === undefined).toBe(model.scope === undefined);
  if (model.scope !== undefined && world.scope !== undefined) {
    await compare(model.scope, world.scope);
    expect(world.scope.container.get(First)).toBe(world.scope.generation.instances[0]);
    expect(world.scope.container.get(Second)).toBe(world.base.container.get(Second));
  }
  expect(world.base.container.get(First)).toBe(world.base.generation.instances[0]);
  model.follow();
  await world.checkOverlay(model);
}

export async function settleFamily(model: FamilyModel, world: FamilyWorld): Promise<void> {
  const look = async (): Promise<void> => compareFamily(model, world);
  const say = (source: number, said: Answer): void => {
    model.say(source, said);
    world.say(source, said);
  };
  await settle(model.base, world.base, { say, look });
  if (model.scope === undefined || world.scope === undefined) return world.checkFresh(model);
  // What both read is left as it is.
  await settle(model.scope, world.scope, { say: (source, said) => source === 1 && say(2, said), look });
  await world.checkFresh(model);
}
