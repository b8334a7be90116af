import { thrownInWords } from '../../core/index.js';
import type { ResourceHost } from '../../container/index.js';
import { answerWithin } from '../../runtime/index.js';
import { askOn, workLoop, type WorkLoop } from '../tables/index.js';
import type { Transactor, UnitOfWork } from '../transactions/index.js';
import { cleanUpOf } from './clean-up.js';
import { numbered, type OutboxEvent } from './outbox-event.js';
import type { OutboxSettings } from './outbox-settings.js';
import type { OutboxTables, WaitingEvent } from './outbox-tables.js';

/** Where events go: an `EventBroker`, or whatever else publishes them. Subpath: `uno-config/outbox`. */
export interface EventPublisher {
  /** Resolves when the event is stored for all its consumers. */
  publish(event: OutboxEvent, options: { readonly key?: string }): Promise<unknown>;
  /** Distinguishes a broker that is down from one that refuses an event: while it is not `healthy`, no try counts. */
  health?(): Promise<{ readonly status: string }>;
}

export interface RelayParts<K> {
  readonly name: string;
  readonly work: UnitOfWork<K>;
  readonly transactor: Transactor<unknown, K>;
  readonly publisher: EventPublisher;
  readonly host: Pick<ResourceHost, 'clock' | 'logger' | 'metrics'>;
  readonly settings: () => OutboxSettings;
  readonly tables: () => OutboxTables;
}

interface Batch {
  readonly delivered: WaitingEvent[];
  readonly failed: { readonly event: WaitingEvent; readonly error: unknown }[];
}

/** The broker's verdict on one event, independent of others. */
const REFUSED: readonly unknown[] = ['event-refused', 'event-unrouted'];

/**
 * Publishes what waits in an outbox. A partition is locked for a batch, published in the order of its keys, and removed by
 * the same transaction: a relay that dies leaves it to the others, which publish it again.
 */
export class OutboxRelay<K> {
  readonly #parts: RelayParts<K>;
  readonly #loops: WorkLoop[] = [];
  /** Of those that are too many. */
  #ended: Promise<unknown> = Promise.resolve();
  #isStopped = false;
  /** Rounds in a row in which the broker, or the database, was down. */
  #outage = 0;
  #problem: string | undefined;
  readonly #cleanUp: ReturnType<typeof cleanUpOf>;

  public constructor(parts: RelayParts<K>) {
    this.#parts = parts;
    this.#cleanUp = cleanUpOf('outbox', parts.name, parts.host);
  }

  public get problem(): string | undefined {
    return this.#problem;
  }

  public adjust(): void {
    const { settings, host } = this.#parts;
    const { paused, concurrency } = settings();
    const wanted = paused ? 0 : concurrency;
    while (!this.#isStopped && this.#loops.length < wanted) {
      this.#loops.push(workLoop(host.clock, async () => ((await this.#round()) ? 0 : this.#delay)));
    }
    const ending = this.#loops.splice(wanted).map(async (loop) => loop.stop());
    this.#ended = Promise.all([this.#ended, ...ending]);
    this.wake();
  }

  public wake(): void {
    for (const loop of this.#loops) loop.wake();
  }

  /** Resolves when all loops have ended: with the batch that they are at. */
  public async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([this.#ended, ...this.#loops.map(async (loop) => loop.stop())]);
  }

  get #delay(): number {
    const { poll, retry } = this.#parts.settings();
    if (this.#outage === 0) return poll.milliseconds;
    return Math.min(retry.maxDelay.milliseconds, retry.minDelay.milliseconds * 2 ** Math.min(this.#outage - 1, 30));
  }

  /** @returns whether there may be more */
  async #round(): Promise<boolean> {
    const { work, transactor } = this.#parts;
    try {
      const tables = this.#parts.tables();
      const due = await work.run({ propagation: 'supports', as: 'the outbox relay' }, async ({ client }) =>
        tables.due(askOn(transactor, client)),
      );
      let hasMoved = false;
      for (const partition of shuffled(due)) {
        if (this.#isStopped) return false;
        if (await this.#relay(partition)) hasMoved = true;
      }
      await this.#removeOld(tables);
      return hasMoved;
    } catch (error) {
      this.#isDown(`The outbox cannot be read or written: ${thrownInWords(error)}.`);
      return false;
    }
  }

  async #relay(partition: number): Promise<boolean> {
    const { work, transactor } = this.#parts;
    const tables = this.#parts.tables();
    const settings = this.#parts.settings();
    const timeout = `${String(2 * settings.publishTimeout.milliseconds + 10_000)}ms`;
    return work.run({ isolation: 'read-committed', timeout, as: 'the outbox relay' }, async ({ client }) => {
      const ask = askOn(transactor, client);
      if (!(await tables.lock(ask, partition))) return false;
      const batch = await this.#publish(await tables.next(ask, partition, settings.batch), settings);
      await tables.remove(
        ask,
        batch.delivered.map(({ position }) => position),
      );
      if (await this.#isOutage(batch)) return false;
      for (const { event, error } of batch.failed) {
        const problem = thrownInWords(error);
        const delay = this.#delayAfter(event.attempts + 1, settings);
        await tables.failed(ask, event.position, problem, delay);
        if (delay === undefined) this.#parked(event, problem);
      }
      return batch.delivered.length > 0;
    });
  }

  /** Side by side by key, and one after the other for each; what follows a failure waits. */
  async #publish(events: readonly WaitingEvent[], { publishTimeout }: OutboxSettings): Promise<Batch> {
    const { publisher, host, name } = this.#parts;
    const { clock, metrics } = host;
    const chains = new Map<unknown, WaitingEvent[]>();
    for (const event of events) {
      // Those without a key are chains of their own.
      const chain = chains.get(event.key ?? event) ?? [];
      chain.push(event);
      chains.set(event.key ?? event, chain);
    }
    const batch: Batch = { delivered: [], failed: [] };
    const begun = clock.monotonic();
    const timeout = publishTimeout.milliseconds;
    const signal = new AbortController().signal;
    await Promise.all(
      [...chains.values()].map(async (chain) => {
        for (const event of chain) {
          // The rest waits for the next transaction: this one must end.
          if (clock.monotonic() - begun > timeout) return;
          try {
            const options = event.key === undefined ? {} : { key: event.key };
            await answerWithin({ clock, timeout, signal }, async () =>
              publisher.publish(numbered(event.event, event.sequence), options),
            );
          } catch (error) {
            batch.failed.push({ event, error });
            metrics.count('config.outbox.events', 1, { outbox: name, result: 'failed' });
            return;
          }
          batch.delivered.push(event);
          metrics.count('config.outbox.events', 1, { outbox: name, result: 'delivered' });
          metrics.record('config.outbox.delay', (event.age + clock.monotonic() - begun) / 1_000, { outbox: name });
        }
      }),
    );
    return batch;
  }

  /** Whether nothing can be delivered, rather than these events: then no try counts. */
  async #isOutage({ delivered, failed }: Batch): Promise<boolean> {
    const [first] = failed;
    if (first === undefined) {
      if (delivered.length > 0) this.#isUp();
      return false;
    }
    const why = `The broker took no event: ${thrownInWords(first.error)}.`;
    const isRefused = failed.some(({ error }) =>
      REFUSED.includes(error instanceof Error && Reflect.get(error, 'code')),
    );
    const { publisher } = this.#parts;
    if (delivered.length > 0 || isRefused || publisher.health === undefined) return false;
    const status = await publisher.health().then(
      (health) => health.status,
      () => 'unhealthy',
    );
    if (status === 'healthy') return false;
    this.#isDown(why);
    return true;
  }

  /** Milliseconds to the next try; `undefined` when that was the last one. */
  #delayAfter(attempts: number, { retry }: OutboxSettings): number | undefined {
    if (attempts >= retry.maxAttempts) return undefined;
    return Math.min(retry.maxDelay.milliseconds, retry.minDelay.milliseconds * 2 ** (attempts - 1));
  }

  #parked({ id, event }: WaitingEvent, problem: string): void {
    const { name, host } = this.#parts;
    const { type } = numbered(event, undefined);
    host.metrics.count('config.outbox.events', 1, { outbox: name, result: 'parked' });
    host.logger.log({
      level: 'error',
      event: 'config.outbox.parked',
      message: `The event ${id} (${type}) of ${name} is parked, and those after it of its key go on: ${problem}.`,
      fields: { outbox: name, id, type, problem },
    });
  }

  #isDown(problem: string): void {
    this.#outage++;
    if (this.#problem === problem) return;
    this.#problem = problem;
    const { name, host } = this.#parts;
    const fields = { outbox: name, problem };
    host.logger.log({ level: 'warn', event: 'config.outbox.down', message: `${name}: ${problem}`, fields });
  }

  #isUp(): void {
    this.#outage = 0;
    if (this.#problem === undefined) return;
    this.#problem = undefined;
    const { name, host } = this.#parts;
    const message = `${name} relays events again.`;
    host.logger.log({ level: 'info', event: 'config.outbox.up', message, fields: { outbox: name } });
  }

  async #removeOld(tables: OutboxTables): Promise<void> {
    const { work, transactor, settings } = this.#parts;
    const { cleanUp, keyRetention, parkedRetention } = settings();
    await this.#cleanUp(cleanUp.milliseconds, async () =>
      work.run({ as: 'the clean-up of the outbox' }, async ({ client }) =>
        tables.cleanUp(askOn(transactor, client), keyRetention.milliseconds, parkedRetention?.milliseconds),
      ),
    );
  }
}

/** In another order for each relay, so that they do not all wait for the same one. */
function shuffled<T>(items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
