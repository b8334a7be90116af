import { ConfigError, kindOfThrown, type ConfigLayer, type ConfigSource } from '../core/index.js';
import {
  type Ceiling,
  ceilingsOf,
  DocumentSlots,
  type HeldDocument,
  type LoadPlan,
  SourceSlots,
} from '../runtime/index.js';
import type { ListedOptions } from './listed-documents.js';
import { unknownPlan } from './tenant-errors.js';

/** The operator's rules for tenants at one time: a new object whenever any of it has moved. */
interface State {
  readonly ceilings: readonly Ceiling[];
  readonly plans: ReadonlyMap<string, HeldDocument> | undefined;
}

/** Plans that lie below tenants, and the ceiling above them. */
export class TenantRules {
  readonly #plans: DocumentSlots | undefined;
  readonly #ceiling: SourceSlots | undefined;
  readonly #plan: LoadPlan;
  readonly #watching: ListedOptions['watching'];
  #state: State = { ceilings: [], plans: undefined };
  #problem: string | undefined;

  public constructor(
    sources: { readonly plans?: ConfigSource | undefined; readonly ceiling?: ConfigSource | undefined },
    { options, plan, slots, watching }: ListedOptions,
  ) {
    const { plans, ceiling } = sources;
    this.#plan = plan;
    this.#watching = watching;
    this.#plans = plans && new DocumentSlots(plans, options, plan, slots);
    this.#ceiling = ceiling && new SourceSlots({ ...options, sources: [ceiling] }, plan, slots);
  }

  /** The same object as long as nothing has moved. */
  public get state(): State {
    return this.#state;
  }

  /** @throws ConfigError of a source, `invalid-ceiling`. */
  public async start(signal: AbortSignal | undefined, moved: (reason: string) => void): Promise<void> {
    await Promise.all([this.#plans?.start(signal), this.#ceiling?.start(signal)]);
    this.#state = this.#read();
    const look = (reason: string): void => {
      try {
        this.#state = this.#read();
        this.#problem = undefined;
        moved(reason);
      } catch (error) {
        // What holds tenants back goes on to do so.
        this.#problem = ConfigError.is(error)
          ? error.message
          : `The ceiling cannot be used: it threw ${kindOfThrown(error)}.`;
      }
    };
    this.#plans?.onMoved(({ reasons }) => {
      if (this.#plans?.documents !== this.#state.plans) look(reasons.join(', '));
    });
    this.#ceiling?.onMoved(({ reasons }) => {
      look(reasons.join(', '));
    });
    await Promise.all([this.#plans?.watch(this.#watching), this.#ceiling?.watch(this.#watching)]);
  }

  /** What a plan says.
   * @throws ConfigError `invalid-tenant` for a plan that is not there.
   */
  public layersOf(plan: string | undefined): readonly ConfigLayer[] {
    if (plan === undefined) return [];
    const document = this.#state.plans?.get(plan);
    if (document === undefined) throw unknownPlan(plan);
    if (document.bad !== undefined && document.layers.length === 0) throw document.bad;
    return document.layers;
  }

  public get problems(): readonly string[] {
    const known = [this.#plans?.health(), ...(this.#ceiling?.health() ?? [])].flatMap(
      (health) => health?.problems ?? [],
    );
    return this.#problem === undefined ? known : [...known, this.#problem];
  }

  /** Reads both again; true when something has moved. */
  public async refresh(): Promise<boolean> {
    const before = this.#ceiling?.held();
    await Promise.all([this.#plans?.refresh(), this.#ceiling?.refresh()]);
    const isSame = this.#plans?.documents === this.#state.plans && this.#ceiling?.held() === before;
    if (!isSame) this.#state = this.#read();
    return !isSame;
  }

  public async close(): Promise<void> {
    await Promise.allSettled([this.#plans?.end(), this.#ceiling?.end()]);
    const sources = [...(this.#plans?.closeSources() ?? []), ...(this.#ceiling?.closeSources() ?? [])];
    await Promise.allSettled(sources.map(async ({ closed }) => closed));
  }

  #read(): State {
    const layers = this.#ceiling?.answers().flat() ?? [];
    return { ceilings: ceilingsOf(layers, this.#plan), plans: this.#plans?.documents };
  }
}
