import { inject } from 'inversify';
import { option, readOptions, type OptionKinds } from '../../../core/index.js';
import {
  handleIdentifier,
  type HandleIdentifier,
  ModuleDefinition,
  type OpenResource,
  type ResourceHost,
} from '../../../container/index.js';
import type { SectionTarget } from '../../../runtime/index.js';
import type { CloudEvent } from '../../brokers/index.js';
import { sectionLike } from '../../resources/index.js';
import {
  RoutesDefinition,
  type FlagdDriver,
  type RouteExplanation,
  type RouteOptions,
  type Routes,
} from '../../routing/index.js';
import {
  SagasDefinition,
  type LiveSagas,
  type SagaHandle,
  type SagaRegistry,
  type SagaRunStatus,
} from '../port/index.js';
import { SagaRoutingSettings } from './saga-routing-settings.js';

/** What {@link defineSagaRoutes} takes. */
export interface SagaRoutesOptions {
  /** The section with the rules. */
  readonly from: SectionTarget<SagaRoutingSettings>;
  /** The sagas that rules choose from. */
  readonly sagas: SagasDefinition;
  /** What a run is started with; default: the `data` of the event. */
  readonly input?: (event: CloudEvent) => unknown;
  /** Names it in errors, and its runs in the engine; default: the name of the sagas and `routes`. */
  readonly name?: string;
  /** Gives the package `@openfeature/flagd-core`; default: it is imported by its name, when a rule has a condition. */
  readonly driver?: () => FlagdDriver | Promise<FlagdDriver>;
}

/** Which saga an event starts. */
export interface SagaDecision {
  /** The name of the rule that applied; none when `otherwise` decided, or nothing did. */
  readonly rules: readonly string[];
  /** Saga and version, or the saga alone for its highest one; `undefined` for an event that starts none. */
  readonly saga: string | undefined;
}

/** How an event starts a run. */
export interface StartByEventOptions extends RouteOptions {
  /**
   * Names the run: whatever the rules say by then, a second event with the same id is of the same run. Default: the
   * `source` and `id` of the event, so that an event that is delivered twice starts one run.
   */
  readonly id?: string;
}

/** A run that an event belongs to. */
export interface RoutedRun extends SagaHandle {
  /** Saga and version that it goes on with: those that it was started with. */
  readonly saga: string;
  /** The rule that chose them for this event; none for a run that began before and is of another saga or version. */
  readonly rules: readonly string[];
}

/**
 * Starts sagas for events, by rules in the settings; they may change while the program runs, and runs stay where they began.
 * Inject it with `@InjectSagaRoutes`; subpath: `uno-config/sagas/routing`.
 *
 * @example
 * ```ts
 * import type { EventHandler } from 'uno-config/brokers';
 *
 * const handle = (routes: SagaRoutes): EventHandler => async (event) => {
 *   await routes.start(event, event.subject === undefined ? {} : { id: event.subject });
 *   return 'ack';
 * };
 * ```
 */
export interface SagaRoutes {
  readonly name: string;
  /** Which saga an event would start, and by which rule. */
  decide(event: CloudEvent, options?: RouteOptions): SagaDecision;
  /** The same, with each rule's verdict on the event. For people: it costs more. */
  explain(event: CloudEvent, options?: RouteOptions): SagaDecision & Pick<RouteExplanation, 'verdicts'>;
  /**
   * Starts the saga that the rules choose, or gives the run of this id that there is; `undefined` when there is none and no
   * rule applies.
   *
   * @throws TypeError for an input that cannot be kept.
   * @throws ConfigError `resource-closed`.
   */
  start(event: CloudEvent, options?: StartByEventOptions): Promise<RoutedRun | undefined>;
  /** The status of a run by its id; `undefined` for one that is not remembered. */
  status(id: string): Promise<SagaRunStatus | undefined>;
  /** Has a run compensated at its next step; false for one that has ended, or never was. */
  stop(id: string, reason: string): Promise<boolean>;
}

const OPTIONS = {
  from: option.required(sectionLike(SagaRoutingSettings)),
  sagas: option.required(option.kind('what an engine of sagas gives', (value) => value instanceof SagasDefinition)),
  input: option.or(option.callback, ({ data }: CloudEvent): unknown => data ?? null),
  name: option.name,
  driver: option.callback,
} satisfies OptionKinds<SagaRoutesOptions>;

const START = { id: option.name, key: option.text } satisfies OptionKinds<StartByEventOptions>;

/**
 * What {@link defineSagaRoutes} gives; list it in the `resources` of a module, beside its sagas. Subpath:
 * `uno-config/sagas/routing`.
 */
export class SagaRoutesDefinition extends ModuleDefinition {
  declare public readonly kind: 'saga routes';

  /** Made by `defineSagaRoutes`. */
  public constructor(routes: RoutesDefinition, sagas: SagasDefinition, input: (event: CloudEvent) => unknown) {
    const { name, from } = routes;
    const open = (host: ResourceHost): OpenResource => {
      const opened = routes.open(host);
      // The handles of definitions of routes and of sagas.
      const [rules, live] = [opened.handle as Routes, host.handleOf(sagas) as LiveSagas];
      return {
        handle: liveSagaRoutes(rules, live, sagas.registry, input),
        // Who gets them starts sagas.
        seen: (context) => {
          live.seen(context);
        },
        prepare: async (context) => opened.prepare(context),
      };
    };
    super({ kind: 'saga routes', name, from, needs: [sagas], open });
    Object.freeze(this);
  }
}

function liveSagaRoutes(
  routes: Routes,
  sagas: LiveSagas,
  registry: SagaRegistry,
  input: (event: CloudEvent) => unknown,
): SagaRoutes {
  const { name } = routes;
  /** Not by the saga, which other rules would change. No saga has a space in its name. */
  const runOf = (id: string): string => `by ${name}:${id}`;
  const decide: SagaRoutes['decide'] = (event, options) => {
    const { rules, to } = routes.decide(event, options);
    return { rules, saga: to[0] };
  };
  return {
    name,
    decide,
    explain: (event, options) => {
      const { rules, to, verdicts } = routes.explain(event, options);
      return { rules, saga: to[0], verdicts };
    },
    start: async (event, options = {}) => {
      const { id = `${event.source}#${event.id}`, key } = readOptions('start', options, START);
      const { rules, saga } = decide(event, key === undefined ? {} : { key });
      const run = runOf(id);
      // Of a saga alone, its highest version.
      const shape = saga === undefined ? undefined : (registry.get(saga) ?? registry.find(saga));
      if (shape !== undefined) await sagas.startRun(run, shape, input(event));
      // The engine knows one run of this name: it may have begun by other rules, or in another process.
      const found = await sagas.statusOf(run);
      if (found === undefined) return undefined;
      const outcome: RoutedRun['outcome'] = async (signal) => sagas.outcomeOf(run, signal);
      return { id, saga: found.saga, rules: shape?.name === found.saga ? rules : [], outcome };
    },
    status: async (id) => {
      const found = await sagas.statusOf(runOf(id));
      return found && { id, ...found };
    },
    stop: async (id, reason) => sagas.stopRun(runOf(id), reason),
  };
}

/**
 * Rules in the settings that choose a saga and its version for an event, in the language of `defineRoutes`. A rule that names a
 * saga that is not listed is refused. Subpath: `uno-config/sagas/routing`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * import { Saga, Step, type SagaRun } from 'uno-config/sagas';
 * import { localSagas } from 'uno-config/sagas/local';
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
 * const routes = defineSagaRoutes({ from: SagaRoutingSettings, sagas });
 * ```
 */
export function defineSagaRoutes(options: SagaRoutesOptions): SagaRoutesDefinition {
  const read = readOptions<SagaRoutesOptions, typeof OPTIONS>('defineSagaRoutes', options, OPTIONS);
  const { from, sagas, input, driver, name = `${sagas.name} routes` } = read;
  const destinations = [...new Set(sagas.registry.all.flatMap((shape) => [shape.name, shape.saga]))];
  const routes = new RoutesDefinition(name, { from, destinations, ...(driver !== undefined && { driver }) }, true);
  return new SagaRoutesDefinition(routes, sagas, input);
}

/** A typed service identifier: `container.get(identifier)` is a {@link SagaRoutes}. At run time it is a symbol. */
export type SagaRoutesIdentifier = HandleIdentifier<SagaRoutes>;

/**
 * The service identifier of saga routes; for `container.get(sagaRoutesIdentifier(definition))`. Subpath:
 * `uno-config/sagas/routing`.
 *
 * @throws TypeError when `definition` is not what `defineSagaRoutes` gives.
 */
export function sagaRoutesIdentifier(definition: SagaRoutesDefinition): SagaRoutesIdentifier {
  return handleIdentifier<SagaRoutes>(definition, 'InjectSagaRoutes', 'defineSagaRoutes(…)');
}

/**
 * Injects the {@link SagaRoutes} of a definition into a constructor parameter or property. Subpath:
 * `uno-config/sagas/routing`.
 *
 * @throws TypeError when `definition` is not what `defineSagaRoutes` gives.
 */
export function InjectSagaRoutes(
  definition: SagaRoutesDefinition,
): MethodDecorator & ParameterDecorator & PropertyDecorator {
  return inject(sagaRoutesIdentifier(definition));
}
