import 'reflect-metadata';
import { IsInt } from 'class-validator';
import { createLayer, type ConfigSource } from '../../src/core/index.js';
import {
  ConfigStore,
  loadGeneration,
  ReloadService,
  withRecovery,
  type ConfigEvent,
  type LoadOptions,
  type ReloadOutcome,
} from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { FakeClock } from '../runtime/fake-clock.js';
import { DEBOUNCE, HISTORY, type Answer, type ShownEvent } from './model-state.js';

@ConfigSection('s0')
class First {
  @IsInt() public n: number = 0;
}

@ConfigSection('s1')
class Second {
  @IsInt() public n: number = 0;
}

/** The service with sources that answer when a test says so, with what they would have said when they were asked. */
export class ReloadWorld {
  public readonly truth: Answer[] = [
    [1, 1],
    [undefined, undefined],
  ];
  public readonly clock = new FakeClock();
  public readonly events: ShownEvent[] = [];
  public readonly answers = new Map<number, string>();
  public readonly pending: { readonly source: number; readonly answer: () => void }[] = [];
  public vetoed = false;
  /** Gives the hook's answer on the generation in use. */
  public judge: (isContent: boolean) => void = () => undefined;
  /** Told of every question to a source, once it waits for its answer. */
  public onAsked: (source: number) => void = () => undefined;
  readonly #changed: (() => void)[] = [];
  #atOnce = true;
  #service: ReloadService | undefined;
  #store: ConfigStore | undefined;

  public get reloads(): ReloadService {
    if (this.#service === undefined) throw new Error('open the world first');
    return this.#service;
  }

  public get current(): { readonly number: number; readonly values: readonly unknown[] } {
    const generation = this.#store?.current;
    return {
      number: generation?.number ?? 0,
      values: (generation?.instances ?? []).map((instance): unknown => Reflect.get(instance, 'n')),
    };
  }

  /** @param verifies whether a hook looks at each generation, until a test says what it finds */
  public async open(verifies = false): Promise<this> {
    const options: LoadOptions = {
      sections: [First, Second],
      // Retries have tests of their own: here they would be reads that no command asks for.
      sources: this.truth.map((_, index) => withRecovery(this.#source(index), { retry: false })),
      environment: 'test',
      env: {},
      clock: this.clock,
      // Time in the model is for the debounce; how long a source takes is up to the commands.
      timeout: '1000h',
    };
    this.#store = new ConfigStore(await loadGeneration(options));
    this.#atOnce = false;
    this.#service = new ReloadService(this.#store, options, {
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
    });
    await this.#service.start();
    this.#service.events.on((event) => {
      this.events.push(shown(event));
    });
    return this;
  }

  public changed(source: number): void {
    this.#changed[source]?.();
  }

  /** Notes what a request is answered with. */
  public track(request: number, make: () => Promise<ReloadOutcome>): void {
    void make().then(({ status }) => this.answers.set(request, status));
  }

  #source(index: number): ConfigSource {
    const name = `source ${String(index)}`;
    return {
      name,
      watch: ({ changed }) => {
        this.#changed[index] = changed;
      },
      load: async () => {
        const said = this.truth[index] ?? 'down';
        if (!this.#atOnce) await this.#untilAnswered(index);
        if (said === 'down') throw new Error('cannot be reached');
        const tree = Object.fromEntries(
          said.flatMap((cell, at) => (cell === undefined ? [] : [[`s${String(at)}`, { n: cell }]])),
        );
        return createLayer({ name, tree });
      },
    };
  }

  async #untilAnswered(source: number): Promise<void> {
    await new Promise<void>((answer) => {
      this.pending.push({ source, answer });
      this.onAsked(source);
    });
  }
}

/** What the model says of an event. */
function shown(event: ConfigEvent): ShownEvent {
  switch (event.type) {
    case 'ConfigChanged': {
      const { type, generation, previous, reason, sections } = event;
      const changes = sections.flatMap((section) =>
        section.changes.map(({ path, before, after }) => [path, before, after]),
      );
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
