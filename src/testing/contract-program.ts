import type { ConfigOrigin, ConfigSource, LoadContext } from '../core/index.js';
import { silentLogger, wrapSource } from '../core/index.js';
import {
  planLoad,
  startReloads,
  type ConfigStore,
  type LoadOptions,
  type ReloadOutcome,
  type ReloadService,
  type SourceHealth,
} from '../runtime/index.js';
import { ConfigSection } from '../sections/index.js';
import { ContractClock } from './contract-clock.js';

/** The settings that a source under the contract holds: each a string, so that every kind of source can hold them. */
export interface ContractValues {
  readonly first: string;
  readonly second: string;
  readonly big?: string;
}

const UNSET = 'unset';

@ConfigSection('contract')
class ContractSection implements ContractValues {
  public readonly first: string = UNSET;
  public readonly second: string = UNSET;
  public readonly big: string = UNSET;
}

@ConfigSection('companion')
class CompanionSection {
  public readonly value: string = UNSET;
}

/** A program that keeps the settings of a source under the contract current. */
export class ContractProgram {
  public readonly clock: ContractClock;
  /** Every state that was current, in order. */
  public readonly states: ContractValues[] = [];
  readonly #store: ConfigStore;
  readonly #reloads: ReloadService;
  readonly #companion: { value: string };

  private constructor(
    running: { readonly store: ConfigStore; readonly reloads: ReloadService },
    clock: ContractClock,
    companion: { value: string },
  ) {
    this.#store = running.store;
    this.#reloads = running.reloads;
    this.clock = clock;
    this.#companion = companion;
    this.states.push(this.current);
    this.#reloads.events.on(() => {
      if (this.states.at(-1) !== this.current) this.states.push(this.current);
    });
  }

  /** Starts, watching the source. */
  public static async start(source: ConfigSource): Promise<ContractProgram> {
    const clock = new ContractClock();
    const companion = { value: UNSET };
    const beside: ConfigSource = { name: 'companion', load: () => ({ companion: { ...companion } }) };
    const paced = wrapSource(source, { load: async (context) => clock.during(async () => source.load(context)) });
    const options: LoadOptions = { ...loadOptions(paced, beside), clock };
    const plan = planLoad(options, false);
    const starting = startReloads(options, plan, { watch: true, settle: '100ms', debounce: '1ms' });
    return new ContractProgram(await clock.through('the program starts', starting), clock, companion);
  }

  public get current(): ContractValues {
    return this.#store.current.get(ContractSection);
  }

  public get health(): SourceHealth | undefined {
    return this.#reloads.sourceHealth()[0];
  }

  public async reload(): Promise<ReloadOutcome> {
    return this.clock.through('a reload ends', this.#reloads.reload('the contract asks'));
  }

  /** Changes another source, and waits until that is current. */
  public async moveCompanion(value: string): Promise<void> {
    this.#companion.value = value;
    void this.#reloads.reload('the companion has changed');
    const isThere = (): boolean => this.#store.current.get(CompanionSection).value === value;
    await this.clock.until('another source is not held back', isThere);
  }

  /** Waits until the settings are these. */
  public async becomes(what: string, values: ContractValues): Promise<void> {
    await this.clock.until(what, () => isSame(this.current, values));
  }

  public origins(): readonly (ConfigOrigin | undefined)[] {
    return ['contract.first', 'contract.second'].map((path) => this.#store.current.explain(path).winner?.origin);
  }

  public async close(): Promise<void> {
    await this.clock.through('the program ends', this.#reloads.close());
  }
}

function loadOptions(...sources: readonly ConfigSource[]): LoadOptions {
  const sections = [ContractSection, CompanionSection];
  return { sections, sources: [...sources], env: {}, environment: 'test', logger: silentLogger };
}

/** True when both values are the same; what is longer is compared by whoever asks for it. */
export function isSame(one: ContractValues, other: ContractValues): boolean {
  return one.first === other.first && one.second === other.second;
}

/** True when a source sets nothing. */
export function isUnset(values: ContractValues): boolean {
  return values.first === UNSET && values.second === UNSET;
}

/** What a source is told that is asked without a program. */
export function contractContext(source: ConfigSource, signal: AbortSignal, clock: ContractClock): LoadContext {
  const { schema } = planLoad(loadOptions(source), false);
  return { schema, signal, clock, environment: 'test', logger: silentLogger };
}
