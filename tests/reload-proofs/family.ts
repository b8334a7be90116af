import { AsyncLocalStorage } from 'node:async_hooks';
import { ConfigModule, monitorIdentifier } from '../../src/container/index.js';
import { ConfigError } from '../../src/core/index.js';
import { defineTenants, TenantContainers, type TenantLease } from '../../src/tenants/index.js';
import { WatchedValues } from '../container/watched-values.js';
import { documents } from '../tenants/tenant-world.js';
import { AskedSource, AskedWorld } from './asked-source.js';
import { ReloadModel, type Answer } from './model-state.js';
import { First, ReloadWorld, Second } from './model-world.js';
import { documentOf, OverlayModel, treeOf, type Over, type Said } from './overlay-model.js';

export const TENANT = 'acme';
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
export class FamilyWorld extends AskedWorld {
  public readonly base: ReloadWorld;
  public scope: ReloadWorld | undefined;
  public lease: TenantLease | undefined;
  /** Whether the tenant has gone since the lease began. */
  public isLeaseOld = false;
  public call: Call | undefined;
  /** Those of the service; the last of them and the one after it are the scope's. */
  public readonly sources: AskedSource[];
  public readonly documents = new WatchedValues(documents({}), 'tenants');
  public readonly plans = new WatchedValues(documents({ gold: {} }), 'plans');

  public constructor() {
    super();
    this.sources = [new AskedSource('source 0', [1, 1]), new AskedSource('source 1', [undefined, undefined])];
    const tenants = defineTenants({ layers: this.documents, plans: this.plans });
    this.base = new ReloadWorld({ verifies: true, tenants, sources: this.sources.slice() });
    this.sources.push(new AskedSource('source 2', [undefined, 'many']));
  }

  public get tenants(): TenantContainers {
    return this.base.container.get(TenantContainers);
  }

  public async open(): Promise<this> {
    await this.base.open();
    await this.base.container.loadAsync(ConfigModule.forScope('billing', [First, Second]));
    return this;
  }

  /** The answer is the scope that could not be opened, if so. */
  public async openScope(verifies: boolean, vetoed: boolean): Promise<ReloadWorld | undefined> {
    this.sources[2] = new AskedSource('source 2', this.sources[2]?.truth ?? 'down');
    const parent = this.base.container;
    const scope = new ReloadWorld({ verifies, vetoed, parent, sources: this.sources.slice(1) });
    try {
      this.scope = await scope.open();
      return undefined;
    } catch (error) {
      if (ConfigError.is(error)) return scope;
      throw error;
    }
  }

  public async sayTenant(said: Said | undefined): Promise<void> {
    this.documents.set(documents(said === undefined ? {} : { [TENANT]: documentOf(said) }));
    await this.tenants.refresh();
    if (said === undefined) this.isLeaseOld = true;
  }

  public async sayPlan(plan: Over): Promise<void> {
    this.plans.set(documents({ gold: treeOf(plan) }));
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
    this.call = { within, seen: within(() => this.live()) };
  }

  /** What the base's own monitors read. */
  public live(): readonly object[] {
    return [First, Second].map((section) => this.base.container.get(monitorIdentifier<object>(section)).current);
  }
}
