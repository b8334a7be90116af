import { inject } from 'inversify';
import { option, readOptions, type OptionKinds } from '../../../core/index.js';
import { handleIdentifier, type HandleIdentifier } from '../../../container/index.js';
import type { SectionTarget } from '../../../runtime/index.js';
import {
  defineResource,
  readWhenNeeded,
  sectionLike,
  ServiceDefinition,
  type CreateContext,
  type HotFields,
  type ResourceDefinition,
  type ResourceOptions,
  type ServiceLife,
} from '../../resources/index.js';
import type { BrokerLink } from './broker-link.js';
import { EventBrokerSettings } from './broker-settings.js';
import type { EventBroker } from './event-broker.js';
import { LiveBroker } from './live-broker.js';

type NoNeeds = Readonly<Record<string, never>>;

/** What {@link defineBroker} takes. */
export interface BrokerOptions<S extends EventBrokerSettings> extends Pick<
  ResourceOptions<BrokerLink, S, NoNeeds>,
  'hot' | 'overlap' | 'lazy' | 'probeTimeout' | 'drainTimeout'
> {
  /** Names the broker in errors, logs, health and metrics. */
  readonly name: string;
  /** The section with its settings. */
  readonly from: SectionTarget<S>;
  /** Makes a client. What it throws vetoes the settings. */
  readonly connect: (context: CreateContext<S, NoNeeds>) => BrokerLink | Promise<BrokerLink>;
  /** Draws a number from 0 to 1, for delays; default `Math.random`. */
  readonly random?: () => number;
}

/** What an adapter hands on of the options that it takes. */
export const BROKER_OPTIONS = {
  name: option.required(option.name),
  from: option.required(option.section),
  lazy: option.flag,
  probeTimeout: option.anything,
  drainTimeout: option.anything,
} as const;

const OPTIONS = {
  ...BROKER_OPTIONS,
  from: option.required(sectionLike(EventBrokerSettings)),
  connect: option.required(option.callback),
  hot: option.or(option.map, {}),
  overlap: option.anything,
  random: option.or(option.callback, Math.random),
} satisfies OptionKinds<BrokerOptions<EventBrokerSettings>>;

const HOT = readWhenNeeded(
  'queues.*.maxInFlight',
  'queues.*.maxDeliveries',
  'queues.*.retryDelay',
  'queues.*.maxRetryDelay',
  'publishTimeout',
) satisfies HotFields<BrokerLink, EventBrokerSettings>;

/**
 * A broker as a resource: what `localBroker`, `rabbitmq` and their like give. List it under `resources` of a module and
 * inject it with `@InjectBroker`. Subpath: `uno-config/brokers`.
 */
export class BrokerDefinition extends ServiceDefinition {
  /** Made by `defineBroker`. */
  public constructor(client: ResourceDefinition<BrokerLink>, random: () => number) {
    super({
      kind: 'broker',
      client,
      open: ({ host, client: link, settings }: ServiceLife<BrokerLink, EventBrokerSettings>) => {
        const broker = new LiveBroker(link, host, new EventBrokerSettings(), random);
        return {
          handle: broker,
          committed: () => {
            broker.configure(settings() ?? new EventBrokerSettings());
          },
          stop: () => {
            broker.end();
          },
          stopped: () => {
            broker.giveUp();
          },
        };
      },
    });
    Object.freeze(this);
  }
}

/**
 * Defines a broker by a client of your own: publish, consume, compare, probe, close. What is the same for every broker
 * comes with it: retries, order, dead letters, moving to another client. Subpath: `uno-config/brokers`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * const events = (link: (settings: EventBrokerSettings) => Promise<BrokerLink>) =>
 *   defineBroker({ name: 'events', from: EventBrokerSettings, connect: ({ settings }) => link(settings) });
 * ```
 */
export function defineBroker<S extends EventBrokerSettings>(options: BrokerOptions<S>): BrokerDefinition {
  const { name, from, connect, hot, random } = readOptions<BrokerOptions<S>, typeof OPTIONS>(
    'defineBroker',
    options,
    OPTIONS,
  );
  const { lazy, overlap, probeTimeout, drainTimeout } = options;
  const link = defineResource<BrokerLink, S, NoNeeds>({
    name,
    from,
    create: connect,
    probe: async (made, { signal }) => made.probe(signal),
    // What is common to all brokers, and what this one has besides.
    hot: { ...HOT, ...hot },
    close: async (made) => made.close(),
    ...(lazy !== undefined && { lazy }),
    ...(overlap !== undefined && { overlap }),
    ...(probeTimeout !== undefined && { probeTimeout }),
    ...(drainTimeout !== undefined && { drainTimeout }),
  });
  return new BrokerDefinition(link, random);
}

/**
 * A typed service identifier: `container.get(identifier)` is an `EventBroker`. At run time it is a symbol.
 */
export type BrokerIdentifier = HandleIdentifier<EventBroker>;

/**
 * The service identifier of a broker; for `container.get(brokerIdentifier(definition))`. Subpath: `uno-config/brokers`.
 *
 * @throws TypeError when `definition` is not a definition of a broker.
 */
export function brokerIdentifier(definition: BrokerDefinition): BrokerIdentifier {
  return handleIdentifier<EventBroker>(definition, 'InjectBroker', 'rabbitmq(…) or its like');
}

/**
 * Injects the {@link EventBroker} of a definition, which the `ConfigModule` lists under `resources`, into a constructor
 * parameter or property. Subpath: `uno-config/brokers`.
 *
 * @throws TypeError when `definition` is not a definition of a broker.
 *
 * @example
 * ```ts
 * import { localBroker, LocalBrokerSettings } from 'uno-config/brokers/local';
 *
 * const events = localBroker({ name: 'events', from: LocalBrokerSettings });
 *
 * @injectable()
 * class Orders {
 *   constructor(@InjectBroker(events) private readonly events: EventBroker) {}
 * }
 * ```
 */
export function InjectBroker(definition: BrokerDefinition): MethodDecorator & ParameterDecorator & PropertyDecorator {
  return inject(brokerIdentifier(definition));
}
