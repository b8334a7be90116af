import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { Connection } from 'rabbitmq-client';
import { rabbitmq, RabbitSettings } from '../../../src/factories/brokers/rabbitmq/index.js';
import { amqplib, type AmqplibDriver } from '../../../src/factories/brokers/amqplib/index.js';
import { section } from '../../../src/index.js';
import type { BrokerCase } from '../../factories/brokers/broker-contract.js';
import { worldName } from '../databases/world-name.js';
import { PATIENT } from '../patient.js';
import { OwnServer } from './own-server.js';

const URL = 'amqp://guest:guest@127.0.0.1:5672';

/** Whether RabbitMQ is there; otherwise why not is printed. */
export async function rabbitIsReachable(): Promise<boolean> {
  const connection = new Connection({ url: URL, connectionTimeout: 5_000 });
  connection.on('error', () => undefined);
  try {
    await connection.onConnect(5_000);
    await connection.close();
    return true;
  } catch {
    process.stderr.write('Skipped: RabbitMQ on 127.0.0.1:5672 is not there, or guest may not use it.\n');
    return false;
  }
}

// The scripts beside it on the path change the user, and leave variables out.
const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server';

/** Whether RabbitMQ is there to be started by a test; otherwise that is printed. */
export function hasRabbitServer(): boolean {
  const isThere = existsSync(SERVER);
  if (!isThere) process.stderr.write(`Skipped: ${SERVER} is not there to be started and killed.\n`);
  return isThere;
}

/** A RabbitMQ of a test's own, which shares nothing with another on this machine. */
export async function ownRabbit(): Promise<OwnServer> {
  return OwnServer.start(SERVER, (port, place) => {
    const at = (name: string): string => join(place, name);
    writeFileSync(at('rabbit.conf'), `listeners.tcp.1 = 127.0.0.1:${String(port)}\n`);
    writeFileSync(at('plugins'), '[].\n');
    const env = {
      HOME: place,
      ERL_CRASH_DUMP: '/dev/null',
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_ADVANCED_CONFIG_FILE: at('none.config'),
      RABBITMQ_CONF_ENV_FILE: at('none'),
      RABBITMQ_CONFIG_FILE: at('rabbit.conf'),
      // Between nodes, of which there is one.
      RABBITMQ_DIST_PORT: String(port + 1),
      RABBITMQ_ENABLED_PLUGINS_FILE: at('plugins'),
      RABBITMQ_LOGS: '-',
      RABBITMQ_MNESIA_BASE: at('data'),
      RABBITMQ_NODENAME: `uno${String(port)}@localhost`,
    };
    return { words: [], env };
  });
}

/** Places of a test's own at RabbitMQ, and what is done there by other connections. */
export class RabbitWorld {
  readonly #connection: Connection;
  readonly #used: { exchange: string; prefix: string }[] = [];

  constructor(port = 5_672) {
    this.#connection = new Connection({ url: URL.replace('5672', String(port)) });
    this.#connection.on('error', () => undefined);
  }

  /** Settings with places that nobody else has. */
  settings(more: object = {}): { exchange: string; queuePrefix: string; hosts: string[]; connectTimeout: string } {
    const place = worldName('rabbit');
    this.#used.push({ exchange: place, prefix: `${place}.` });
    return { hosts: ['127.0.0.1'], exchange: place, queuePrefix: `${place}.`, connectTimeout: PATIENT, ...more };
  }

  /** Puts something into a queue that is no event. */
  async put(queue: string, body: string): Promise<void> {
    const publisher = this.#connection.createPublisher({ confirm: true });
    await publisher.send(queue, body);
    await publisher.close();
  }

  async declare(queue: string, args: object): Promise<void> {
    await this.#connection.queueDeclare({ queue, durable: true, arguments: args });
  }

  /** How many messages are ready in a queue. */
  async count(queue: string): Promise<number> {
    const { messageCount } = await this.#connection.queueDeclare({ queue, passive: true });
    return messageCount;
  }

  async close(): Promise<void> {
    for (const { exchange, prefix } of this.#used) {
      for (const name of ['billing', 'audit', 'plain', 'strict', 'slow', 'all', 'shipping']) {
        for (const part of ['', '.dead', '.retry', '.dead.retry']) {
          await this.#connection.queueDelete(`${prefix}${name}${part}`);
        }
      }
      await this.#connection.exchangeDelete({ exchange });
    }
    await this.#connection.close();
  }
}

/**
 * RabbitMQ by rabbitmq-client.
 *
 * @param made the connections of the driver
 */
export function rabbitCase(world: RabbitWorld, made: unknown[] = []): BrokerCase {
  let moves = 0;
  return {
    define: () => {
      const from = section(RabbitSettings, { path: 'events' });
      class WatchedConnection extends Connection {
        constructor(...given: ConstructorParameters<typeof Connection>) {
          super(...given);
          made.push(this);
        }
      }
      const driver = () => ({ Connection: WatchedConnection });
      return { definition: rabbitmq({ name: 'events', from, driver }), section: from };
    },
    settings: () => world.settings(),
    moved: (settings) => ({ ...settings, connectionName: `moved ${String(++moves)}` }),
  };
}

/**
 * RabbitMQ by amqplib.
 *
 * @param made the connections of the driver
 */
export function amqplibCase(world: RabbitWorld, made: unknown[] = []): BrokerCase {
  return {
    ...rabbitCase(world),
    define: () => {
      const from = section(RabbitSettings, { path: 'events' });
      const driver: AmqplibDriver = {
        connect: async (...given) => {
          const connection = await connect(...given);
          made.push(connection, given);
          return connection;
        },
      };
      return { definition: amqplib({ name: 'events', from, driver: () => driver }), section: from };
    },
  };
}
