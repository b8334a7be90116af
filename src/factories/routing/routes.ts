import { inject } from 'inversify';
import { ConfigError, nearestName, option, readOptions, type OptionKinds } from '../../core/index.js';
import { handleIdentifier, type HandleIdentifier, ModuleDefinition } from '../../container/index.js';
import type { SectionTarget } from '../../runtime/index.js';
import { BrokerDefinition, type CloudEvent, type EventBroker } from '../brokers/index.js';
import { loadDriver } from '../drivers/index.js';
import { sectionLike } from '../resources/index.js';
import { RouteTable, type FlagdDriver, type RouteDecision, type RouteExplanation } from './route-table.js';
import { RoutingSettings } from './routing-settings.js';

/** What {@link defineRoutes} takes. */
export interface RoutesOptions {
  /** The section with the rules. */
  readonly from: SectionTarget<RoutingSettings>;
  /** The broker that events are published to. Without one, rules only decide. */
  readonly to?: BrokerDefinition;
  /** Where rules may send events; another destination is refused. Anywhere when absent. */
  readonly destinations?: readonly string[];
  /** Names it in errors and logs; default: the name of the broker and `routes`, or `routes`. */
  readonly name?: string;
  /** Gives the package `@openfeature/flagd-core`; default: it is imported by its name, when a rule has a condition. */
  readonly driver?: () => FlagdDriver | Promise<FlagdDriver>;
}

/** How an event is routed. */
export interface RouteOptions {
  /** As `publish` of a broker takes it; shares are drawn by the event's `subject`, or by this. */
  readonly key?: string;
}

/**
 * Decides where events go, by rules in the settings; they may change while the program runs. Inject it with `@InjectRoutes`;
 * subpath: `uno-config/routing`.
 *
 * @example
 * ```ts
 * async function place(routes: Routes, order: { id: string; total: number }): Promise<void> {
 *   const event = { specversion: '1.0', id: order.id, source: '/shop', type: 'order.placed', data: order };
 *   await routes.publish(event, { key: order.id });
 * }
 * ```
 */
export interface Routes {
  readonly name: string;
  /** Where an event goes, and by which rules. */
  decide(event: CloudEvent, options?: RouteOptions): RouteDecision;
  /** The same, with each rule's verdict on the event. For people: it costs more. */
  explain(event: CloudEvent, options?: RouteOptions): RouteExplanation;
  /**
   * Publishes an event to each of the topics of the matching rules, one after the other.
   *
   * @throws TypeError when the routes have no broker; and what `publish` of a broker throws. What was published before
   *   stays published: the same event may be published again.
   */
  publish(event: CloudEvent, options?: RouteOptions): Promise<RouteDecision>;
}

/** What {@link defineRoutes} gives; list it in the `resources` of a module, beside its broker. Subpath: `uno-config/routing`. */
export class RoutesDefinition extends ModuleDefinition {
  declare public readonly kind: 'routes';

  /**
   * Made by `defineRoutes`.
   *
   * @param isNowhere whether an event that no rule applies to goes nowhere, rather than to the topic of its type
   */
  public constructor(name: string, options: RoutesOptions, isNowhere = false) {
    const { from, to, destinations, driver = async () => loadDriver<FlagdDriver>('@openfeature/flagd-core') } = options;
    super({
      kind: 'routes',
      name,
      from: [from],
      needs: to === undefined ? [] : [to],
      open: (host) => ({
        // What it prepares is what the host gives.
        handle: liveRoutes(name, to && (host.handleOf(to) as EventBroker), () => host.value() as RouteTable),
        prepare: async ({ sections }) => {
          // The one section that it is made from.
          const settings = sections[0] as RoutingSettings;
          if (destinations !== undefined) checkDestinations(name, settings, destinations);
          const isConditional = settings.rules.some(({ when }) => when !== undefined);
          return { value: new RouteTable(settings, isConditional ? await driver() : undefined, isNowhere) };
        },
      }),
    });
    Object.freeze(this);
  }
}

function liveRoutes(name: string, broker: EventBroker | undefined, table: () => RouteTable): Routes {
  const decide: Routes['decide'] = (event, options) => table().decide(event, options?.key);
  return {
    name,
    decide,
    explain: (event, options) => table().explain(event, options?.key),
    publish: async (event, options = {}) => {
      if (broker === undefined) throw new TypeError(`The routes "${name}" have no broker: give defineRoutes({ to }).`);
      const decision = decide(event, options);
      for (const topic of decision.to) await broker.publish(event, { ...options, topic });
      return decision;
    },
  };
}

function checkDestinations(name: string, { rules, otherwise }: RoutingSettings, known: readonly string[]): void {
  const wrong = [...rules.flatMap(({ to }) => to), ...otherwise].find((to) => !known.includes(to));
  if (wrong === undefined) return;
  const nearest = nearestName(wrong, known);
  throw new ConfigError({
    code: 'route-unknown',
    message: `A rule of ${name} sends events to "${wrong}", which is not there: there are ${known.join(', ')}.`,
    recovery: nearest === undefined ? 'Correct the rule.' : `Did you mean ${nearest}?`,
  });
}

const OPTIONS = {
  from: option.required(sectionLike(RoutingSettings)),
  to: option.kind('what rabbitmq(…) or its like gives', (value) => value instanceof BrokerDefinition),
  destinations: option.listOf(option.name),
  name: option.name,
  driver: option.callback,
} satisfies OptionKinds<RoutesOptions>;

/**
 * Rules in the settings that decide where events go: an index of types first, then conditions in the targeting language of
 * flagd. Subpath: `uno-config/routing`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * import { localBroker, LocalBrokerSettings } from 'uno-config/brokers/local';
 *
 * const events = localBroker({ name: 'events', from: LocalBrokerSettings });
 * const routes = defineRoutes({ from: RoutingSettings, to: events });
 * ```
 */
export function defineRoutes(options: RoutesOptions): RoutesDefinition {
  const { to, name = to === undefined ? 'routes' : `${to.name} routes` } = readOptions(
    'defineRoutes',
    options,
    OPTIONS,
  );
  return new RoutesDefinition(name, options);
}

/**
 * A typed service identifier: `container.get(identifier)` is a {@link Routes}. At run time it is a symbol.
 */
export type RoutesIdentifier = HandleIdentifier<Routes>;

/**
 * The service identifier of routes; for `container.get(routesIdentifier(definition))`. Subpath: `uno-config/routing`.
 *
 * @throws TypeError when `definition` is not what `defineRoutes` gives.
 */
export function routesIdentifier(definition: RoutesDefinition): RoutesIdentifier {
  return handleIdentifier<Routes>(definition, 'InjectRoutes', 'defineRoutes(…)');
}

/**
 * Injects the {@link Routes} of a definition into a constructor parameter or property. Subpath: `uno-config/routing`.
 *
 * @throws TypeError when `definition` is not what `defineRoutes` gives.
 */
export function InjectRoutes(definition: RoutesDefinition): MethodDecorator & ParameterDecorator & PropertyDecorator {
  return inject(routesIdentifier(definition));
}
