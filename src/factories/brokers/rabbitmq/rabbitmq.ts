import { loadDriver } from '../../drivers/index.js';
import { rabbitLink, RabbitSettings } from '../amqp/index.js';
import { remoteBroker, type BrokerDefinition, type RemoteBrokerOptions } from '../port/index.js';
import { rabbitClient, toClientOptions, type RabbitDriver } from './rabbitmq-client.js';

/** What {@link rabbitmq} takes; its driver is the package `rabbitmq-client`. */
export type RabbitOptions<S extends RabbitSettings> = RemoteBrokerOptions<S, RabbitDriver>;

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
  return remoteBroker<RabbitSettings, RabbitDriver>(options, {
    call: 'rabbitmq',
    settings: RabbitSettings,
    load: async () => loadDriver<RabbitDriver>('rabbitmq-client'),
    connect: async (driver, { name, settings, secrets, log, clock, signal }) => {
      const password = settings.password === undefined ? undefined : secrets.reader('password');
      const client = await rabbitClient(driver, toClientOptions(settings, secrets), password, log, signal);
      return rabbitLink(name, client, settings, clock);
    },
  });
}
