import { Redis } from 'ioredis';
import { RedisBrokerSettings, redisStreams, type RedisDriver } from '../../../src/factories/brokers/redis/index.js';
import { section } from '../../../src/index.js';
import type { BrokerCase } from '../../factories/brokers/broker-contract.js';
import { worldName } from '../databases/world-name.js';
import { PATIENT } from '../patient.js';

/** Whether Redis is there; otherwise why not is printed. */
export async function redisIsReachable(): Promise<boolean> {
  const client = new Redis({ host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.quit();
    return true;
  } catch {
    process.stderr.write('Skipped: Redis on 127.0.0.1:6379 is not there.\n');
    return false;
  }
}

/** Places of a test's own at Redis, and what is done there by another connection. */
export class RedisWorld {
  readonly client = new Redis({ host: '127.0.0.1' });
  readonly #used: string[] = [];
  #moves = 0;

  /** Settings with places that nobody else has. */
  settings(more: object = {}) {
    const prefix = worldName('redis');
    this.#used.push(prefix);
    return { host: '127.0.0.1', port: 6_379, prefix, connectTimeout: PATIENT, ...more };
  }

  /** @param made the connections of the driver */
  broker(made: unknown[] = []): BrokerCase {
    return {
      define: () => {
        const from = section(RedisBrokerSettings, { path: 'events' });
        class WatchedRedis extends Redis {
          constructor(options: ConstructorParameters<RedisDriver['Redis']>[0]) {
            super(options);
            made.push(this);
          }
        }
        return {
          definition: redisStreams({ name: 'events', from, driver: () => ({ Redis: WatchedRedis }) }),
          section: from,
        };
      },
      settings: () => this.settings(),
      moved: (settings) => ({ ...settings, connectionName: `moved-${String(++this.#moves)}` }),
    };
  }

  async close(): Promise<void> {
    for (const prefix of this.#used) {
      const keys = await this.client.keys(`{${prefix}}:*`);
      if (keys.length > 0) await this.client.del(...keys);
    }
    await this.client.quit();
  }
}
