import { AsyncLocalStorage } from 'node:async_hooks';
import type { LiveSettings, TenantFacts } from '../container/index.js';
import type { CommitListener, ConfigStore, Generation } from '../runtime/index.js';
import type { LiveTenant, Run } from './live-tenant.js';
import { tenantMismatch } from '../security/index.js';
import type { Tenant } from './tenant.js';
import { notSet } from './tenant-errors.js';

/** What is read where no tenant is set. */
export interface OutsideOptions {
  readonly base: ConfigStore;
  /** True for a section, by its index, that cannot be read outside of tenants. */
  readonly isRefused: (index: number) => boolean;
}

/** Which tenant the code runs for. */
export class TenantContext implements LiveSettings {
  readonly #runs = new AsyncLocalStorage<Run>();
  readonly #outside: OutsideOptions;

  public constructor(outside: OutsideOptions) {
    this.#outside = outside;
  }

  public get current(): LiveTenant | undefined {
    return this.#runs.getStore()?.live;
  }

  public run<Result>(live: LiveTenant, work: (tenant: Tenant) => Result): Result {
    return this.#runs.run(live.run, work, live.tenant);
  }

  /** For the tenant that the code runs for: used by handles in the base. */
  public generationFor(index: number): Generation {
    const run = this.#runs.getStore();
    if (run !== undefined) return run.generation;
    const { base, isRefused } = this.#outside;
    if (!isRefused(index)) return base.current;
    throw notSet(`The section ${base.current.entries[index]?.target.name ?? String(index)}`);
  }

  public tenant(): { readonly tenant: TenantFacts; readonly generation: Generation } | undefined {
    const run = this.#runs.getStore();
    return run === undefined ? undefined : { tenant: run.live.tenant, generation: run.generation };
  }

  public onCommit(listener: CommitListener): () => void {
    return (this.current?.store ?? this.#outside.base).onCommit(listener);
  }

  /** For one tenant, used by handles in its container: a use for another tenant is refused. */
  public of(live: LiveTenant): LiveSettings {
    return new OneTenant(live, this.#runs);
  }
}

class OneTenant implements LiveSettings {
  readonly #live: LiveTenant;
  readonly #runs: AsyncLocalStorage<Run>;

  public constructor(live: LiveTenant, runs: AsyncLocalStorage<Run>) {
    this.#live = live;
    this.#runs = runs;
  }

  public generationFor(): Generation {
    const run = this.#runs.getStore();
    if (run === undefined) return this.#live.store.current;
    if (run.live.id !== this.#live.id) throw tenantMismatch('An object made for', this.#live.id, run.live.id);
    return run.generation;
  }

  public onCommit(listener: CommitListener): () => void {
    return this.#live.store.onCommit(listener);
  }
}
