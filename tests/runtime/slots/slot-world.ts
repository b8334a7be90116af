import { setImmediate as turn } from 'node:timers/promises';
import { IsString } from 'class-validator';
import type { ConfigLayer, ConfigSource, LoadContext, LoadResult, WatchContext } from '../../../src/core/index.js';
import { ConfigError, type ConfigErrorCode, createLayer } from '../../../src/core/index.js';
import {
  planLoad,
  SourceSlots,
  withRecovery,
  type LastKnownGoodCache,
  type LoadOptions,
  type RecoveryPolicy,
  type SourceHealth,
  type SourceStatus,
} from '../../../src/runtime/index.js';
import type { MovedSlots, SlotsOptions } from '../../../src/runtime/slots/index.js';
import { ConfigSection } from '../../../src/sections/index.js';
import { barrier } from '../barrier.js';
import { FakeClock } from '../fake-clock.js';
import { RecordingLogger } from '../loading.js';

export const outage = (code: ConfigErrorCode = 'source-unreachable'): ConfigError =>
  new ConfigError({ code, category: 'source', message: 'service cannot be reached.', recovery: 'Wait.' });
export const garbage = (message = 'service answers nonsense.'): ConfigError =>
  new ConfigError({ code: 'invalid-json', category: 'parse', message });
export const answer = (tree: object): readonly ConfigLayer[] => [createLayer({ name: 'service', tree: { ...tree } })];

@ConfigSection('anything')
export class AnySettings {
  @IsString() text = '';
}

/** What a source does when it is read. */
export type Behaviour = LoadResult | Error | 'hang';

/** A source that does what a test says. */
export class ToldSource implements ConfigSource {
  readonly contexts: LoadContext[] = [];
  says: Behaviour = {};
  closed = 0;
  /** Waited for before each answer. */
  gate: Promise<unknown> | undefined;
  #asked = barrier<LoadContext>();
  watching: WatchContext | undefined;

  constructor(readonly name: string) {}

  async load(context: LoadContext): Promise<LoadResult> {
    this.contexts.push(context);
    this.#asked.open(context);
    this.#asked = barrier<LoadContext>();
    const { says } = this;
    await this.gate;
    if (says === 'hang') return new Promise<never>(() => undefined);
    if (says instanceof Error) throw says;
    return says;
  }

  /** The next time that it is asked. */
  async asked(): Promise<LoadContext> {
    return this.#asked.promise;
  }

  watch(context: WatchContext): void {
    this.watching = context;
  }

  close(): void {
    this.closed++;
  }
}

/** Lets time pass, and what has come due be read and taken in. */
export async function pass(clock: FakeClock, milliseconds: number): Promise<void> {
  clock.advance(milliseconds);
  await turn();
  await turn();
}

/** Options for slots in tests. */
export interface WorldOptions extends Partial<SlotsOptions> {
  readonly lastKnownGood?: LastKnownGoodCache;
  readonly load?: Partial<LoadOptions>;
}

/** Slots for some sources, and the hands to play with them. */
export class SlotWorld {
  readonly clock = new FakeClock();
  readonly logger = new RecordingLogger();
  readonly moved: MovedSlots[] = [];
  readonly statuses: (readonly [SourceStatus, SourceStatus | undefined])[] = [];
  readonly slots: SourceSlots;

  constructor(sources: readonly ConfigSource[], { lastKnownGood, load, ...slots }: WorldOptions = {}) {
    const options: LoadOptions = {
      sections: [AnySettings],
      sources,
      logger: this.logger,
      clock: this.clock,
      ...(lastKnownGood !== undefined && { lastKnownGood }),
      ...load,
    };
    this.slots = new SourceSlots(options, planLoad(options, true), {
      selectors: { environment: 'test' },
      random: () => 0.5,
      ...slots,
    });
    this.slots.onMoved((moved) => {
      this.moved.push(moved);
    });
    this.slots.onStatus(({ status }, before) => {
      this.statuses.push([status, before]);
    });
  }

  /** Lets time pass, in steps in which what has come due is read and taken in. */
  async pass(...steps: readonly number[]): Promise<void> {
    for (const step of steps) await pass(this.clock, step);
  }

  /** The sources are watched, and read again when they fail. */
  async watch(watch = true): Promise<this> {
    await this.slots.watch({ pollInterval: 500, watch });
    return this;
  }
}

/** Slots for one source called `service` that has, or has not, a recovery policy. */
export class Recovering extends SlotWorld {
  readonly source: ToldSource;
  #isStarted = false;

  constructor(policy: RecoveryPolicy | undefined, options: WorldOptions = {}) {
    const source = new ToldSource('service');
    super([policy === undefined ? source : withRecovery(source, policy)], options);
    this.source = source;
  }

  /** Reads once, and gives what can be built on. */
  async read(says: Behaviour): Promise<readonly ConfigLayer[]> {
    this.source.says = says;
    if (this.#isStarted) await this.slots.refresh();
    else {
      await this.slots.start();
      await this.watch(false);
    }
    this.#isStarted = true;
    return this.slots.answers()[0] ?? [];
  }

  get health(): SourceHealth | undefined {
    return this.slots.health()[0];
  }

  /** Keeps what was trusted. */
  async save(layers: readonly ConfigLayer[]): Promise<void> {
    await this.slots.save(() => layers.map((layer) => ({ layer, tree: layer.tree })));
  }
}

/** The same service, started anew. */
export function restarted(
  lastKnownGood: LastKnownGoodCache,
  policy: RecoveryPolicy = { lastKnownGood: true },
  options: WorldOptions = {},
): Recovering {
  return new Recovering(policy, { lastKnownGood, ...options });
}
