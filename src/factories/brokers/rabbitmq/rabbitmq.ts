import { option, readOptions, type OptionKinds } from '../../../core/index.js';
import { sectionLike } from '../../resources/index.js';
import { loadDriver } from '../../drivers/index.js';
import { RabbitLink, RabbitSettings } from '../amqp/index.js';
import {
  BROKER_OPTIONS,
  connectionLog,
  defineBroker,
  type BrokerDefinition,
  type BrokerOptions,
} from '../port/index.js';
import { RabbitClient, toClientOptions, type RabbitDriver } from './rabbitmq-client.js';

/** What {@link rabbitmq} takes. */
export interface RabbitOptions<S extends RabbitSettings> extends Pick<
  BrokerOptions<S>,
  'name' | 'from' | 'lazy' | 'probeTimeout' | 'drainTimeout'
> {
  /** Gives the package `rabbitmq-client`; default: it is imported by its name. */
  readonly driver?: () => RabbitDriver | Promise<RabbitDriver>;
}

const OPTIONS = {
  ...BROKER_OPTIONS,
  from: option.required(sectionLike(RabbitSettings)),
  driver: option.callback,
} satisfies OptionKinds<RabbitOptions<RabbitSettings>>;

/**
 * RabbitMQ by the package `rabbitmq-client`. Events are confirmed, and one that no queue takes is refused. Subpath:
 * `uno-config/brokers/rabbitmq`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * const events = rabbitmq({ name: 'events', from: RabbitSettings });
 * ```
 */
export function rabbitmq<S extends RabbitSettings>(options: RabbitOptions<S>): BrokerDefinition {
  readOptions<RabbitOptions<S>, typeof OPTIONS>('rabbitmq', options, OPTIONS);
  // What is imported by its name is a module of which nothing but what we ask is known.
  const { driver = async () => loadDriver<RabbitDriver>('rabbitmq-client'), ...rest } = options;
  return defineBroker<RabbitSettings>({
    ...rest,
    connect: async ({ name, settings, secrets, logger, clock, signal }) => {
      const given = await driver();
      const password = settings.password === undefined ? undefined : secrets.reader('password');
      const log = connectionLog(name, logger);
      const client = new RabbitClient(given, toClientOptions(settings, secrets), password, log);
      try {
        await client.connected(signal);
        const link = new RabbitLink(name, client, settings, clock);
        await link.declare();
        return link;
      } catch (error) {
        await client.close();
        throw error;
      }
    },
  });
}
