import type { Newable } from 'inversify';
import { option, type OptionKinds, readOptions } from '../../../core/index.js';
import type { SectionTarget } from '../../../runtime/index.js';
import { loadDriver, RedisClient, type RedisDriver, toIoredisOptions } from '../../drivers/index.js';
import { defineResource, type RecipeInside, sectionLike } from '../../resources/index.js';
import { SagaRegistry, sagasOn, type SagasDefinition } from '../port/index.js';
import { BullmqEngine } from './bullmq-engine.js';
import { BullmqSagasSettings } from './bullmq-settings.js';
import type { BullmqDriver } from './bullmq-types.js';

/** What {@link bullmq} takes. */
export interface BullmqOptions {
  /** Names the sagas in errors, logs, health and metrics. */
  readonly name: string;
  /** The section with the settings of the sagas, and of Redis. */
  readonly from: SectionTarget<BullmqSagasSettings>;
  /** The classes with `@Saga`: every version that may have open runs. */
  readonly sagas: readonly Newable[];
  /** Gives the packages `bullmq` and `ioredis`; default: they are imported by their names. */
  readonly driver?: () => (BullmqDriver & RedisDriver) | Promise<BullmqDriver & RedisDriver>;
}

const OPTIONS = {
  name: option.required(option.name),
  from: option.required(sectionLike(BullmqSagasSettings)),
  sagas: option.required(option.list),
  driver: option.callback,
} satisfies OptionKinds<BullmqOptions>;

/**
 * Sagas on BullMQ 6 and Redis: a run goes on after a crash, in this process or another one, and as often as that happens.
 * Several in a process, each with a `schema` of its own. Steps are done at least once: hand `run.key` to whatever does the
 * effect. Subpath: `uno-config/sagas/bullmq`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * import { Saga, Step, type SagaRun } from 'uno-config/sagas';
 *
 * @Saga('greeting')
 * class Greeting {
 *   @Step()
 *   public greet(run: SagaRun<string>): string {
 *     return `Hello, ${run.input}`;
 *   }
 * }
 *
 * const sagas = bullmq({ name: 'greetings', from: BullmqSagasSettings, sagas: [Greeting] });
 * ```
 */
export function bullmq(options: BullmqOptions): SagasDefinition {
  const { name, from, sagas, driver = loadBoth } = readOptions('bullmq', options, OPTIONS);
  const registry = new SagaRegistry(sagas);
  const client = defineResource<BullmqEngine, BullmqSagasSettings>({
    name,
    from,
    create: async ({ settings, secrets }, inside?: RecipeInside) => {
      const given = await driver();
      // Handed to the recipes of this package.
      const { host } = inside as Pick<RecipeInside, 'host'>;
      const password = settings.redis.password === undefined ? undefined : secrets.reader('redis.password');
      const options = toIoredisOptions(settings.redis, () => secrets.use('redis.tls.key', (key) => key));
      // The engine reports what it cannot do.
      const redis = new RedisClient(given, options, password, () => undefined);
      await redis.connect();
      const engine = new BullmqEngine({ driver: given, client: redis, registry, host, name, settings });
      try {
        await engine.open();
      } catch (error) {
        await engine.close();
        throw error;
      }
      return engine;
    },
    probe: async (engine) => engine.health(),
    close: async (engine) => engine.close(),
    hot: { default: follow, named: follow, drainTimeout: follow },
  });
  return sagasOn(registry, client);
}

async function loadBoth(): Promise<BullmqDriver & RedisDriver> {
  const { Queue, Worker, WaitingError } = await loadDriver<BullmqDriver>('bullmq');
  const { Redis } = await loadDriver<RedisDriver>('ioredis');
  return { Queue, Worker, WaitingError, Redis };
}

function follow(engine: BullmqEngine, _: unknown, settings: BullmqSagasSettings): void {
  engine.follow(settings);
}
