import 'reflect-metadata';
import { IsInt, IsString } from 'class-validator';
import { Container } from 'inversify';
import { ConfigModule, ConfigPlugin, type ConfigModuleOptions } from '../../src/container/index.js';
import { defineResource } from '../../src/resources.js';
import {
  ConfigStore,
  ReloadService,
  rule,
  type ConfigEvent,
  type Generation,
  type ReloadOutcome,
} from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { FakeClock } from '../runtime/fake-clock.js';
import { AskedSource, AskedWorld } from './asked-source.js';
import { DEBOUNCE, HISTORY, type ShownEvent } from './model-state.js';

@ConfigSection('s0')
export class First {
  @IsInt() public n: number = 0;
}

@ConfigSection('s1')
export class Second {
  @IsInt() public n: number = 0;
}

/** What leads to the leaves that overlays say otherwise. */
@ConfigSection('e0')
class FirstEcho {
  @IsString() public text: string = 'is ${s0.n}';
}

@ConfigSection('e1')
class SecondEcho {
  @IsString() public text: string = 'is ${s1.n}';
}

export const SECTIONS = [First, Second, FirstEcho, SecondEcho] as const;
/** No two values of the service itself come to more; with those of an overlay they may. */
export const MOST = 6;
export const RULES = [rule('not too much', [First, Second], (one, other) => one.n + other.n <= MOST)];

export interface WorldOptions {
  /** Whether a hook looks at each generation, until a test says what it finds. */
  readonly verifies?: boolean;
  readonly tenants?: ConfigModuleOptions['tenants'];
  readonly sources?: readonly AskedSource[];
  /** The container that the module's own is a child of. It has the first section alone then. */
  readonly parent?: Container;
  readonly vetoed?: boolean;
}

/** The service of a module with sources that answer when a test says so. */
export class ReloadWorld extends AskedWorld {
  public readonly sources: readonly AskedSource[];
  public readonly clock = new FakeClock();
  public readonly container: Container;
  public readonly events: ShownEvent[] = [];
  public readonly answers = new Map<number, string>();
  public readonly pending: { readonly source: number; readonly answer: () => void }[] = [];
  /** What is made from the first section, for as long as it is open. */
  public readonly clients = new Set<First>();
  public vetoed: boolean;
  /** Gives the hook's answer on the generation in use. */
  public judge: (isContent: boolean) => void = () => undefined;
  /** Told of every question to a source, once it waits for its answer. */
  public onAsked: (source: number) => void = () => undefined;
  readonly #options: WorldOptions;
  #atOnce = true;
  #service: ReloadService | undefined;
  #store: ConfigStore | undefined;

  public constructor(options: WorldOptions = {}) {
    super();
    const { parent, vetoed = false, sources } = options;
    this.#options = options;
    this.container = new Container(parent && { parent });
    this.container.register(ConfigPlugin);
    this.sources = sources ?? [
      new AskedSource('source 0', [1, 1]),
      new AskedSource('source 1', [undefined, undefined]),
    ];
    this.vetoed = vetoed;
  }

  public get reloads(): ReloadService {
    if (this.#service === undefined) throw new Error('open the world first');
    return this.#service;
  }

  public get generation(): Generation {
    if (this.#store === undefined) throw new Error('open the world first');
    return this.#store.current;
  }

  public get current(): { readonly number: number; readonly values: readonly unknown[] } {
    const { number, instances } = this.generation;
    return { number, values: [0, 1].map((at): unknown => Reflect.get(instances[at] ?? { n: 0 }, 'n')) };
  }

  /** @throws ConfigError when the settings or the pool refuse it; nothing is left then. */
  public async open(): Promise<this> {
    const { parent, tenants, verifies = false } = this.#options;
    const environment = parent === undefined ? 'base' : 'scope';
    for (const [index, source] of this.sources.entries()) source.readBy(environment, async () => this.#asked(index));
    const module = ConfigModule.fromOptions({
      ...(parent === undefined ? { sections: SECTIONS, rules: RULES } : { sections: [First], partial: true }),
      ...(tenants !== undefined && { tenants }),
      sources: this.sources.map(({ source }) => source),
      environment,
      environments: { base: 'test', scope: 'test' },
      env: {},
      clock: this.clock,
      // Time in the model is for the debounce; how long a source takes is up to the commands.
      timeout: '1000h',
      resources: [this.#client()],
      reload: {
        watch: true,
        debounce: `${String(DEBOUNCE)}ms`,
        history: HISTORY,
        ...(verifies && {
          verifyTimeout: '1000h',
          verify: [
            {
              name: 'probe',
              check: ({ number }) => number === 1 || new Promise<boolean>((resolve) => (this.judge = resolve)),
            },
          ],
        }),
        dependants: [
          {
            name: 'pool',
            prepare: () => {
              if (this.vetoed) throw new Error('cannot connect');
              return undefined;
            },
          },
        ],
      },
    });
    await this.container.loadAsync(module);
    this.#atOnce = false;
    this.#store = this.container.get(ConfigStore);
    this.#service = this.container.get(ReloadService);
    this.#service.events.on((event) => {
      const seen = shown(event);
      if (seen !== undefined) this.events.push(seen);
    });
    return this;
  }

  /** Notes what a request is answered with. */
  public track(request: number, make: () => Promise<ReloadOutcome>): void {
    void make().then(({ status }) => this.answers.set(request, status));
  }

  #client(): ReturnType<typeof defineResource> {
    return defineResource({
      name: 'client',
      from: First,
      create: ({ settings }: { readonly settings: First }) => {
        this.clients.add(settings);
        return settings;
      },
      close: (client: First) => this.clients.delete(client),
    });
  }

  async #asked(source: number): Promise<void> {
    if (this.#atOnce) return;
    await new Promise<void>((answer) => {
      this.pending.push({ source, answer });
      this.onAsked(source);
    });
  }
}

/** What the model says of an event; of tenants and of what follows other sections it says nothing. */
function shown(event: ConfigEvent): ShownEvent | undefined {
  if ('tenant' in event) return undefined;
  switch (event.type) {
    case 'ConfigChanged': {
      const { type, generation, previous, reason, sections } = event;
      const changes = sections
        .filter(({ section }) => section.startsWith('s'))
        .flatMap((section) => section.changes.map(({ path, before, after }) => [path, before, after]));
      return { type, generation, previous, reason, changes };
    }
    case 'ConfigReloadRejected': {
      const { type, generation, reason, error, attempt } = event;
      return { type, generation, reason, code: error.code, attempt };
    }
    case 'ConfigUnchanged': {
      const { type, generation, reason } = event;
      return { type, generation, reason };
    }
    default:
      return { type: event.type };
  }
}
