import type { Newable } from 'inversify';
import { option, type OptionKinds, readOptions } from '../../../core/index.js';
import type { ResourceHost } from '../../../container/index.js';
import type { SectionTarget } from '../../../runtime/index.js';
import {
  ContainerMaker,
  defineResource,
  readWhenNeeded,
  sectionLike,
  type ServiceLife,
} from '../../resources/index.js';
import {
  liveSagas,
  planOf,
  reportEnd,
  runSaga,
  type SagaEngine,
  type SagaOutcome,
  type SagaRecord,
  SagaRegistry,
  SAGAS_DEFAULTS,
  SagasDefinition,
  type SagaShape,
  SagasSettings,
  StepGate,
  Turns,
} from '../port/index.js';

/** What {@link localSagas} takes. */
export interface LocalSagasOptions {
  /** Names them in errors, logs, health and metrics. */
  readonly name: string;
  /** The section with their settings; defaults when absent. */
  readonly from?: SectionTarget<SagasSettings>;
  /** The classes with `@Saga`: every version that may have open runs. */
  readonly sagas: readonly Newable[];
}

const OPTIONS = {
  name: option.required(option.name),
  from: sectionLike(SagasSettings),
  sagas: option.required(option.list),
} satisfies OptionKinds<LocalSagasOptions>;

/**
 * Sagas that run in this process and are kept nowhere: for tests, samples and what may be lost. Everything else is as on an
 * engine that keeps them; with the process, all open runs are gone, and nothing compensates them. Subpath:
 * `uno-config/sagas/local`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * import { Saga, Step, type SagaRun } from 'uno-config/sagas';
 *
 * @Saga('greeting')
 * class Greeting {
 *   @Step()
 *   public greet(run: SagaRun<string>): string {
 *     return `Hello, ${run.input}`;
 *   }
 * }
 *
 * const sagas = localSagas({ name: 'greetings', sagas: [Greeting] });
 * ```
 */
export function localSagas(options: LocalSagasOptions): SagasDefinition {
  const { name, from, sagas } = readOptions('localSagas', options, OPTIONS);
  const registry = new SagaRegistry(sagas);
  const client = defineResource<undefined, SagasSettings>({
    name,
    ...(from !== undefined && { from }),
    // All that there is belongs to the module: the settings are read whenever they are needed.
    create: () => undefined,
    hot: readWhenNeeded('default', 'named', 'schema', 'lease', 'drainTimeout'),
  });
  return new SagasDefinition({
    registry,
    client,
    open: ({ host, client: resource, settings: read }: ServiceLife<undefined, SagasSettings>) => {
      const settings = (): SagasSettings => read() ?? SAGAS_DEFAULTS;
      const maker = ContainerMaker.in(host);
      const engine = localEngine(settings, maker, host);
      return {
        handle: liveSagas(name, registry, settings, async (act) => resource.use(async () => act(engine)), host),
        seen: (context) => {
          maker.seen(context);
        },
        committed: () => {
          engine.adjust();
        },
        stop: async () => engine.close(),
      };
    },
  });
}

interface LocalRun {
  readonly shape: SagaShape;
  outcome?: SagaOutcome;
  stopReason?: string;
}

function localEngine(
  settings: () => SagasSettings,
  maker: ContainerMaker,
  { clock, metrics, logger }: ResourceHost,
): SagaEngine & { adjust(): void; close(): Promise<void> } {
  const gate = new StepGate(clock);
  const turns = new Turns((saga) => planOf(settings(), saga).concurrency);
  const runs = new Map<string, LocalRun>();

  async function go(id: string, run: LocalRun, record: SagaRecord): Promise<void> {
    const { shape } = run;
    await turns.take(shape.saga);
    await maker.ready;
    const outcome = await runSaga({
      shape,
      id,
      record,
      make: maker.of(shape.made),
      engine: {
        step: async (_, act) =>
          gate.pass(
            async (guarded) => guarded(),
            act,
            () => undefined,
          ),
        stopReason: async () => Promise.resolve(run.stopReason),
        pause: async (milliseconds) => gate.pause(milliseconds),
      },
      plan: () => planOf(settings(), shape.saga),
      clock,
      metrics,
    });
    run.outcome = outcome;
    turns.give(shape.saga);
    reportEnd(id, shape, outcome, { metrics, logger });
    clock.after(planOf(settings(), shape.saga).idempotencyWindow, () => runs.delete(id));
  }

  return {
    start: async (shape, id, record) => {
      await Promise.resolve();
      if (runs.has(id)) return;
      const run: LocalRun = { shape };
      runs.set(id, run);
      void go(id, run, record);
    },
    stop: async (id, reason) => {
      const run = await Promise.resolve(runs.get(id));
      if (run === undefined || run.outcome !== undefined) return false;
      run.stopReason ??= reason;
      return true;
    },
    status: async (id) => {
      const run = await Promise.resolve(runs.get(id));
      if (run === undefined) return undefined;
      const { outcome, shape } = run;
      return { saga: shape.name, status: outcome?.status ?? 'running', ...(outcome && { outcome }) };
    },
    health: async () => {
      const { running, waiting } = turns;
      return Promise.resolve({ status: 'healthy', running, waiting, unlisted: [] });
    },
    adjust: () => {
      turns.adjust();
    },
    close: async () => gate.close(settings().drainTimeout.milliseconds),
  };
}
