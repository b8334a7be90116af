import { inject, type Newable, type ResolutionContext } from 'inversify';
import { ConfigError, option, type OptionKinds, readOptions } from '../../../core/index.js';
import {
  handleIdentifier,
  type HandleIdentifier,
  type ResourceHost,
  type OpenResource,
} from '../../../container/index.js';
import {
  ContainerMaker,
  type ResourceDefinition,
  ServiceDefinition,
  type ServiceLife,
  type ServiceParts,
} from '../../resources/index.js';
import { plainJson, type SagaOutcome, type SagaRecord } from './run-saga.js';
import { shapeOf, type SagaShape } from './saga.js';
import { checkNames } from './check-names.js';
import { planOf, SAGAS_DEFAULTS, type SagasSettings } from './saga-settings.js';

/** How {@link Sagas.start} starts a run. */
export interface StartOptions {
  /** Names the run, for its saga: a second start with the same id gives the first run, whatever its input. */
  readonly id: string;
  /** Which version; default: the highest. */
  readonly version?: number;
}

/** The status of a run. Subpath: `uno-config/sagas`. */
export interface SagaRunStatus {
  readonly id: string;
  /** Saga and version. */
  readonly saga: string;
  readonly status: 'running' | SagaOutcome['status'] | 'cancelled';
  /** How it ended. */
  readonly outcome?: SagaOutcome;
}

/** A run that was started. */
export interface SagaHandle {
  readonly id: string;
  /** Resolves when it has ended, in whatever process; rejects when the signal aborts. */
  outcome(signal?: AbortSignal): Promise<SagaOutcome>;
}

/** The health of sagas. Plain data without secrets. */
export interface SagasHealth {
  readonly name: string;
  /** `degraded`: there are open runs of versions that are not listed. */
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  readonly problem?: string;
  /** Runs that go on in this process, and those that wait for their turn. */
  readonly running: number;
  readonly waiting: number;
  /** Sagas and versions with open runs that are not listed in the definition. */
  readonly unlisted: readonly string[];
}

/** Starts sagas and asks for them. Inject it with `@InjectSagas`; subpath: `uno-config/sagas`. */
export interface Sagas {
  readonly name: string;
  /**
   * Starts a run, and resolves when the engine has it.
   *
   * @param saga the class, or its name
   * @param input what JSON knows, without a secret
   * @throws TypeError for a saga that is not listed, or an input that cannot be kept.
   * @throws ConfigError `resource-closed`.
   */
  start(saga: Newable | string, input: unknown, options: StartOptions): Promise<SagaHandle>;
  /** Has a run compensated at its next step; false for one that has ended, or never was. */
  stop(saga: Newable | string, id: string, reason: string): Promise<boolean>;
  /** The status of a run; `undefined` for one that is not remembered. */
  status(saga: Newable | string, id: string): Promise<SagaRunStatus | undefined>;
  /** Never rejects. */
  health(): Promise<SagasHealth>;
}

/** What an engine does. Runs are named by saga and id: `order-fulfilment:4711`. */
export interface SagaEngine {
  start(shape: SagaShape, run: string, record: SagaRecord): Promise<void>;
  stop(run: string, reason: string): Promise<boolean>;
  status(run: string): Promise<Pick<SagaRunStatus, 'saga' | 'status' | 'outcome'> | undefined>;
  health(): Promise<Omit<SagasHealth, 'name'>>;
}

export class SagaRegistry {
  readonly #shapes = new Map<string, SagaShape>();

  /** @throws TypeError for what is no saga, or two of one name and version. */
  public constructor(sagas: readonly unknown[]) {
    for (const shape of sagas.map(shapeOf)) {
      if (this.#shapes.has(shape.name))
        throw new TypeError(`sagas: two are named ${shape.name}; give them two versions.`);
      this.#shapes.set(shape.name, shape);
    }
    if (this.#shapes.size === 0) throw new TypeError('sagas: list at least one class with @Saga(…).');
  }

  public get all(): readonly SagaShape[] {
    return [...this.#shapes.values()];
  }

  public get(name: string): SagaShape | undefined {
    return this.#shapes.get(name);
  }

  /** @throws TypeError naming those that are listed. */
  public find(saga: unknown, version?: number): SagaShape {
    const name = typeof saga === 'string' ? saga : shapeOf(saga).saga;
    const wanted = version ?? (typeof saga === 'string' ? undefined : shapeOf(saga).version);
    const found = this.all
      .filter((shape) => shape.saga === name && (wanted === undefined || shape.version === wanted))
      .sort((one, other) => other.version - one.version)[0];
    if (found !== undefined) return found;
    const known = this.all.map((shape) => shape.name).join(', ');
    throw new TypeError(
      `sagas: ${name}${wanted === undefined ? '' : `@${String(wanted)}`} is not listed; there are ${known}.`,
    );
  }
}

const START = { id: option.required(option.name), version: option.count() } satisfies OptionKinds<StartOptions>;

/** Milliseconds between looks at a run that is waited for. */
const LOOK = 50;

/** Sagas on whatever engine; runs are named as the engine has them, which knows one of each name. */
export interface LiveSagas extends Sagas {
  startRun(run: string, shape: SagaShape, input: unknown): Promise<void>;
  stopRun(run: string, reason: string): Promise<boolean>;
  statusOf(run: string): ReturnType<SagaEngine['status']>;
  outcomeOf(run: string, signal?: AbortSignal): Promise<SagaOutcome>;
  /** A container has asked for something that starts sagas. */
  seen(context: ResolutionContext): void;
}

export function liveSagas(
  name: string,
  registry: SagaRegistry,
  settings: () => SagasSettings,
  inEngine: <R>(act: (engine: SagaEngine) => Promise<R>) => Promise<R>,
  host: Pick<ResourceHost, 'clock'>,
): LiveSagas {
  const nameOf = (saga: Newable | string, id: string): string => `${registry.find(saga).saga}:${id}`;
  const live: LiveSagas = {
    name,
    start: async (saga, input, options) => {
      const { id, version } = readOptions('start', options, START);
      const shape = registry.find(saga, version);
      const run = `${shape.saga}:${id}`;
      await live.startRun(run, shape, input);
      return { id, outcome: async (signal) => live.outcomeOf(run, signal) };
    },
    stop: async (saga, id, reason) => live.stopRun(nameOf(saga, id), reason),
    status: async (saga, id) => {
      const status = await live.statusOf(nameOf(saga, id));
      return status && { id, ...status };
    },
    seen: (context) => {
      ContainerMaker.in(host).seen(context);
    },
    startRun: async (run, shape, input) => {
      const { timeout, compensation } = planOf(settings(), shape.saga);
      const record = { input: plainJson(input, 'the input'), deadline: host.clock.now() + timeout, compensation };
      await inEngine(async (engine) => engine.start(shape, run, record));
    },
    stopRun: async (run, reason) => {
      option.name.read(reason, 'stop: reason');
      return inEngine(async (engine) => engine.stop(run, reason));
    },
    statusOf: async (run) => inEngine(async (engine) => engine.status(run)),
    health: async () => {
      try {
        return { name, ...(await inEngine(async (engine) => engine.health())) };
      } catch {
        const problem = 'The engine does not answer, or it is closed.';
        return { name, status: 'unhealthy', problem, running: 0, waiting: 0, unlisted: [] };
      }
    },
    outcomeOf: async (run, signal) => {
      for (;;) {
        signal?.throwIfAborted();
        const found = await live.statusOf(run);
        if (found?.outcome !== undefined) return found.outcome;
        if (found?.status === 'cancelled' || found === undefined) throw runGone(run);
        await new Promise<void>((resolve) => host.clock.after(LOOK, resolve, { keepAlive: true }));
      }
    },
  };
  return live;
}

function runGone(run: string): ConfigError {
  return new ConfigError({
    code: 'saga-run-gone',
    message: `The run "${run}" was cancelled in the engine, or is not remembered any more.`,
    recovery: 'Look it up in the engine; raise idempotencyWindow to remember runs for longer.',
  });
}

/** What `localSagas`, `dbos` and `bullmq` give; list it in the `resources` of a module. Subpath: `uno-config/sagas`. */
export class SagasDefinition extends ServiceDefinition {
  /**
   * What is listed in it.
   *
   * @internal
   */
  public readonly registry: SagaRegistry;

  /** Made by an engine. */
  public constructor({ registry, ...parts }: Omit<ServiceParts, 'kind'> & { readonly registry: SagaRegistry }) {
    super({ kind: 'sagas', ...parts });
    this.registry = registry;
    Object.freeze(this);
  }

  /**
   * Called by the module that lists it.
   *
   * @internal
   */
  public override open(host: ResourceHost): OpenResource {
    const opened = super.open(host);
    return {
      ...opened,
      prepare: async (context) => {
        // The one section that its client is made from.
        const settings = context.sections[0] as SagasSettings | undefined;
        if (settings !== undefined) checkNames(this.name, settings, this.registry.all);
        return opened.prepare(context);
      },
    };
  }
}

/** Sagas on an engine that is a client which settings replace. */
export function sagasOn<E extends SagaEngine>(registry: SagaRegistry, client: ResourceDefinition<E>): SagasDefinition {
  return new SagasDefinition({
    registry,
    client,
    open: ({ host, client: resource, settings }: ServiceLife<E, SagasSettings>) => ({
      handle: liveSagas(
        client.name,
        registry,
        () => settings() ?? SAGAS_DEFAULTS,
        async (act) => resource.use(act, { as: 'a caller of sagas' }),
        host,
      ),
      seen: (context) => {
        ContainerMaker.in(host).seen(context);
      },
    }),
  });
}

/**
 * A typed service identifier: `container.get(identifier)` is a `Sagas`. At run time it is a symbol.
 */
export type SagasIdentifier = HandleIdentifier<Sagas>;

/**
 * The service identifier of sagas; for `container.get(sagasIdentifier(definition))`. Runs begin, and go on after a start,
 * once it has been resolved or injected. Subpath: `uno-config/sagas`.
 *
 * @throws TypeError when `definition` is not what an engine gives.
 */
export function sagasIdentifier(definition: SagasDefinition): SagasIdentifier {
  return handleIdentifier<Sagas>(definition, 'InjectSagas', 'an engine');
}

/**
 * Injects the {@link Sagas} of a definition into a constructor parameter or property. Subpath: `uno-config/sagas`.
 *
 * @throws TypeError when `definition` is not what an engine gives.
 */
export function InjectSagas(definition: SagasDefinition): MethodDecorator & ParameterDecorator & PropertyDecorator {
  return inject(sagasIdentifier(definition));
}
