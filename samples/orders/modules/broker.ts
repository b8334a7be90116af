import { pathToFileURL } from 'node:url';
import { localBroker } from 'uno-config/brokers/local';
import { nats, type NatsDriver } from 'uno-config/brokers/nats';
import { rabbitmq, type RabbitDriver } from 'uno-config/brokers/rabbitmq';
import { redisStreams, type RedisDriver } from 'uno-config/brokers/redis';
import type { ConfigSource } from 'uno-config';
import { LocalEvents, NatsEvents, RabbitEvents, RedisEvents } from '../settings/broker-settings.js';
import { installed, isOnce } from './persistence.js';

/** A package that is installed for the tests; a service of your own needs no `driver`, nor this. */
const load = async (name: string): Promise<unknown> => import(pathToFileURL(installed.resolve(name)).href);

// What each package gives is known to the compiler as that of the package, which is not installed beside the sample.
const brokers = {
  RABBITMQ_URL: {
    place: 'to RabbitMQ',
    section: RabbitEvents,
    define: () =>
      rabbitmq({
        name: 'events',
        from: RabbitEvents,
        driver: async () => (await load('rabbitmq-client')) as RabbitDriver,
      }),
    settings: ({ host, pathname }: URL) => ({
      hosts: [host],
      ...(pathname.length > 1 && { vhost: decodeURIComponent(pathname.slice(1)) }),
    }),
  },
  NATS_URL: {
    place: 'to NATS',
    section: NatsEvents,
    define: () =>
      nats({
        name: 'events',
        from: NatsEvents,
        driver: async () =>
          ({
            ...((await load('@nats-io/transport-node')) as object),
            ...((await load('@nats-io/jetstream')) as object),
          }) as NatsDriver,
      }),
    settings: ({ host }: URL) => ({ servers: [host] }),
  },
  REDIS_URL: {
    place: 'to Redis',
    section: RedisEvents,
    define: () =>
      redisStreams({
        name: 'events',
        from: RedisEvents,
        driver: async () => (await load('ioredis')) as RedisDriver,
      }),
    settings: ({ hostname, port, pathname }: URL) => ({
      host: hostname,
      ...(port !== '' && { port: Number(port) }),
      ...(pathname.length > 1 && { database: Number(pathname.slice(1)) }),
    }),
  },
};

type Variable = keyof typeof brokers;

// The first whose address is set; else the broker is in this process.
const chosen = isOnce
  ? undefined
  : Object.keys(brokers).find((name): name is Variable => process.env[name] !== undefined);
const broker = chosen && brokers[chosen];

/** Where events go, in words. */
export const brokerPlace = broker?.place ?? 'to a broker in this process';

/** The section of the chosen broker. */
export const BrokerSection = broker?.section ?? LocalEvents;

/** What events are published to. */
export const events = broker?.define() ?? localBroker({ name: 'events', from: LocalEvents });

/** The address of a broker is one variable for people, and several settings for us. */
export const brokerSource: ConfigSource = {
  name: chosen ?? 'broker',
  load: () => {
    if (chosen === undefined || broker === undefined) return {};
    const url = new URL(process.env[chosen] ?? '');
    const { username, password } = url;
    return {
      broker: {
        ...broker.settings(url),
        ...(username !== '' && { user: decodeURIComponent(username) }),
        ...(password !== '' && { password: decodeURIComponent(password) }),
      },
    };
  },
};
