import { Queue, WaitingError, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { Container, type Newable } from 'inversify';
import { systemClock } from '../../../src/core/index.js';
import { bullmq, BullmqSagasSettings, type BullmqDriver } from '../../../src/factories/sagas/bullmq/index.js';
import { sagasIdentifier } from '../../../src/factories/sagas/index.js';
import { ConfigModule, ReloadService, section } from '../../../src/index.js';
import { RecordingLogger } from '../../runtime/loading.js';
import { Effects, OrderSaga, type Order } from '../../factories/sagas/order-saga.js';
import type { SagaRun } from '../../../src/factories/sagas/index.js';

/** What sagas do, in Redis: notes every attempt, and every effect once by its key. */
class RedisEffects extends Effects {
  readonly #redis: Redis;
  readonly #schema: string;

  public constructor(redis: Redis, schema: string) {
    super();
    this.#redis = redis;
    this.#schema = schema;
  }

  protected override async attempted(what: string, run: SagaRun<Order>): Promise<void> {
    await this.#redis.rpush(`{${this.#schema}}:attempts:${run.id}`, what);
  }

  protected override async done(what: string, run: SagaRun<Order>): Promise<void> {
    await this.#redis.hset(`{${this.#schema}}:effects:${run.id}`, `${what} ${run.key}`, 1);
  }
}

/** A program that runs sagas on BullMQ. */
export async function bullmqProgram(
  schema: string,
  redis: object = {},
  sagas: readonly Newable[] = [OrderSaga],
  made: unknown[] = [],
  effects?: Effects,
  lease = '1s',
) {
  const retry = { maxAttempts: 2, minDelay: '1ms', maxDelay: '1ms' };
  let values: object = {
    sagas: {
      schema,
      redis: { host: '127.0.0.1', ...redis },
      lease,
      default: { retry, compensationRetry: retry },
    },
  };
  const logger = new RecordingLogger();
  const from = section(BullmqSagasSettings, { path: 'sagas' });
  class WatchedRedis extends Redis {
    constructor(options: object) {
      super(options);
      made.push(this);
    }
  }
  // Their own types say more than we ask.
  const driver = () =>
    ({ Queue, Worker, WaitingError, Redis: WatchedRedis }) as unknown as BullmqDriver & { Redis: typeof WatchedRedis };
  const definition = bullmq({ name: 'shop', from, sagas, driver });
  const client = new Redis({ host: '127.0.0.1', ...redis });
  const container = new Container();
  container.bind(Effects).toConstantValue(effects ?? new RedisEffects(client, schema));
  await container.loadAsync(
    ConfigModule.fromOptions({
      environment: 'test',
      env: {},
      logger,
      clock: systemClock,
      sections: [from],
      sources: [{ name: 'values', load: () => values }],
      resources: [definition],
      reload: { prepareTimeout: '2m' },
    }),
  );
  return {
    logger,
    sagas: container.get(sagasIdentifier(definition)),
    edit: async (next: object) => {
      values = { sagas: { ...(values as { sagas: object }).sagas, ...next } };
      return container.get(ReloadService).reload('edited');
    },
    close: async () => {
      await container.unbindAllAsync();
      await client.quit();
    },
  };
}
