import { loadDriver, toTlsOptions } from '../../drivers/index.js';
import type { ResourceSecrets } from '../../resources/index.js';
import { remoteBroker, type BrokerDefinition, type RemoteBrokerOptions } from '../port/index.js';
import { rabbitLink, RabbitSettings } from '../amqp/index.js';
import { amqplibClient } from './amqplib-client.js';
import type { AmqplibDriver, AmqplibPlace, AmqplibSocketOptions } from './amqplib-types.js';

/** What {@link amqplib} takes; its driver is the package `amqplib`. */
export type AmqplibOptions<S extends RabbitSettings> = RemoteBrokerOptions<S, AmqplibDriver>;

/**
 * RabbitMQ by the package `amqplib`: the same settings, queues and behaviour as by `rabbitmq`, for programs that have this
 * client already. Subpath: `uno-config/brokers/amqplib`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * import { RabbitSettings } from 'uno-config/brokers/rabbitmq';
 *
 * const events = amqplib({ name: 'events', from: RabbitSettings });
 * ```
 */
export function amqplib<S extends RabbitSettings>(options: AmqplibOptions<S>): BrokerDefinition {
  return remoteBroker<RabbitSettings, AmqplibDriver>(options, {
    call: 'amqplib',
    settings: RabbitSettings,
    load: async () => loadDriver<AmqplibDriver>('amqplib'),
    connect: async ({ connect }, { name, settings, secrets, clock, log }) => {
      const { places, socket } = toClientOptions(settings, secrets);
      let next = 0;
      const client = amqplibClient({
        connect: async () => {
          // They are taken in turn.
          const place = places[next++ % places.length];
          if (place === undefined) throw new TypeError('There is no host.');
          return connect(place, socket);
        },
        firstDelay: settings.reconnectDelay.milliseconds,
        longestDelay: settings.maxReconnectDelay.milliseconds,
        clock,
        log,
      });
      await connectToAny(client, places.length);
      return rabbitLink(name, client, settings, clock);
    },
  });
}

async function connectToAny(client: ReturnType<typeof amqplibClient>, count: number): Promise<void> {
  for (let left = count; ; left--) {
    try {
      await client.connect();
      return;
    } catch (error) {
      if (left > 1) continue;
      await client.close();
      throw error;
    }
  }
}

/**
 * What `connect` of the package `amqplib` takes, from settings: one place for each host, and options for all of them. Pure;
 * the password is asked of `secrets` whenever a connection is made. Subpath: `uno-config/brokers/amqplib`.
 */
export function toClientOptions(
  settings: RabbitSettings,
  secrets: ResourceSecrets<RabbitSettings>,
): { readonly places: readonly AmqplibPlace[]; readonly socket: AmqplibSocketOptions } {
  const { hosts, vhost, user, password, tls, connectionName } = settings;
  const options = toTlsOptions(tls, () => secrets.use('tls.key', (key) => key));
  const open = password === undefined ? () => 'guest' : secrets.reader('password');
  const protocol = options === undefined ? 'amqp' : 'amqps';
  const places = hosts.map((host): AmqplibPlace => {
    const [, hostname = host, port] = /^(.*?)(?::(\d+))?$/.exec(host) ?? [];
    return {
      protocol,
      hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(port ?? (protocol === 'amqp' ? 5_672 : 5_671)),
      vhost,
      heartbeat: Math.max(1, Math.round(settings.heartbeat.seconds)),
    };
  });
  const socket: AmqplibSocketOptions = {
    ...options,
    timeout: settings.connectTimeout.milliseconds,
    noDelay: true,
    clientProperties: { ...(connectionName !== undefined && { connection_name: connectionName }) },
    credentials: { mechanism: 'PLAIN', response: () => Buffer.from(`\0${user}\0${open()}`) },
  };
  return { places, socket };
}
