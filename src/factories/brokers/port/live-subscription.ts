import { abortController, pause, thrownInWords } from '../../../core/index.js';
import type { ResourceHost } from '../../../container/index.js';
import type { ManagedResource } from '../../resources/index.js';
import type { BrokerLink, LinkConsumer, Settlement } from './broker-link.js';
import type { QueueSettings } from './broker-settings.js';
import type { ReceivedEvent } from './cloud-event.js';
import type { EventHandler, Subscription, SubscriptionHealth } from './event-broker.js';
import { EventHandling } from './event-handling.js';

/** Milliseconds before a broker that does not let us consume is asked again; they double with each time. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 10_000;

export interface SubscriptionTerms {
  readonly name: string;
  readonly queue: string | undefined;
  readonly topics: readonly string[];
  readonly handler: EventHandler;
  readonly isOrdered: boolean;
  readonly hasDeadLetters: boolean;
  readonly settings: () => QueueSettings;
  readonly resource: ManagedResource<BrokerLink>;
  readonly host: ResourceHost;
  readonly random: () => number;
  readonly stopped: (subscription: LiveSubscription) => void;
}

/** A consumer on one link; as long as it lives, the link has a user. */
interface Leg {
  readonly maxInFlight: number;
  readonly consumer: LinkConsumer;
  /** Takes no more; resolves when the link is released. */
  readonly leave: () => Promise<void>;
}

/** A subscription that moves with its broker from link to link, and comes back when it is interrupted. */
export class LiveSubscription implements Subscription {
  public readonly name: string;
  public readonly ready: Promise<void>;
  readonly #terms: SubscriptionTerms;
  readonly #handling: EventHandling;
  #status: SubscriptionHealth['status'] = 'starting';
  #leg: Leg | undefined;
  #moves: Promise<void> = Promise.resolve();
  /** Ends the pauses of the last move. */
  #hurry = abortController();
  #stopping: Promise<void> | undefined;
  #begun: () => void = () => undefined;
  #failed: (error: Error) => void = () => undefined;

  public constructor(terms: SubscriptionTerms) {
    this.name = terms.name;
    this.#terms = terms;
    const { queue, isOrdered, handler, settings, hasDeadLetters, host, random } = terms;
    this.#handling = new EventHandling({
      handler,
      settings,
      retries: isOrdered || queue === undefined ? 'here' : 'elsewhere',
      isOrdered,
      hasDeadLetters,
      clock: host.clock,
      random,
      report: (settlement, event, why) => {
        this.#report(settlement, event, why);
      },
    });
    this.ready = new Promise((resolve, reject) => {
      this.#begun = resolve;
      this.#failed = reject;
    });
    // It need not be awaited.
    this.ready.catch(() => undefined);
    this.move();
  }

  public get health(): SubscriptionHealth {
    return { name: this.name, status: this.#status, inFlight: this.#handling.inFlight };
  }

  /** Consumes on the link in use; where order matters, only when the last consumer has ended. */
  public move(after = 0): void {
    if (this.#stopping !== undefined) return;
    this.#hurry.abort();
    this.#hurry = abortController();
    const { signal } = this.#hurry;
    this.#moves = this.#moves.then(async () => {
      await pause(this.#terms.host.clock, after, signal);
      if (!signal.aborted) await this.#move(signal);
    });
  }

  public tune(): void {
    const { maxInFlight } = this.#terms.settings();
    const leg = this.#leg;
    if (leg === undefined || leg.maxInFlight === maxInFlight) return;
    if (leg.consumer.resize === undefined) {
      this.move();
    } else {
      leg.consumer.resize(maxInFlight);
      this.#leg = { ...leg, maxInFlight };
    }
  }

  public giveUp(): void {
    this.#handling.giveUp();
  }

  public async stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#hurry.abort();
    await this.#moves;
    await this.#leg?.leave();
    this.#status = 'stopped';
    this.#failed(new Error(`The subscription to ${this.name} was stopped.`));
    this.#terms.stopped(this);
  }

  async #move(signal: AbortSignal): Promise<void> {
    const { clock } = this.#terms.host;
    const before = this.#leg;
    if (this.#terms.isOrdered) await before?.leave();
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        this.#leg = await this.#consume();
        this.#status = 'consuming';
        this.#begun();
        void before?.leave();
        return;
      } catch (error) {
        this.#interrupted(error);
        await pause(clock, Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(failures, 10)), signal);
      }
    }
  }

  async #consume(): Promise<Leg> {
    const { queue, topics, isOrdered, resource, settings } = this.#terms;
    const { maxInFlight } = settings();
    const leaving = abortController();
    const left = new Promise<void>((resolve) => {
      leaving.signal.addEventListener('abort', () => {
        resolve();
      });
    });
    return new Promise((resolve, reject) => {
      const used = resource.use(
        async (link) => {
          const consumer = await link.consume({
            queue,
            topics,
            ordered: isOrdered,
            maxInFlight,
            receive: async (message) => this.#handling.receive(message, leaving.signal),
            lost: (error) => {
              // A subscription that was left already is not missed.
              if (leaving.signal.aborted) return;
              this.#interrupted(error);
              this.move(FIRST_PAUSE);
            },
          });
          const leave = async (): Promise<void> => {
            leaving.abort();
            // What it throws at its end, the link has thrown away with it.
            await used.catch(() => undefined);
          };
          resolve({ maxInFlight, consumer, leave });
          await left;
          await consumer.stop();
        },
        { as: `the subscription to ${this.name}` },
      );
      used.catch(reject);
    });
  }

  #interrupted(error: unknown): void {
    if (this.#stopping !== undefined) return;
    this.#status = 'interrupted';
    const kind = thrownInWords(error);
    this.#log('warn', 'interrupted', `The subscription to ${this.name} is interrupted: ${kind}.`, { kind });
  }

  #report(settlement: Settlement, event: ReceivedEvent | undefined, why: string): void {
    const { resource, host, hasDeadLetters, queue } = this.#terms;
    const { kind } = settlement;
    const about = { broker: resource.name, subscription: this.name, result: kind };
    host.metrics.count('config.broker.deliveries', 1, about);
    if (kind === 'ack' || kind === 'release') return;
    const facts = { id: event?.id, type: event?.type, why };
    if (kind === 'retry') {
      if (!host.logger.isEnabled?.('debug')) return;
      this.#log('debug', 'retry', `An event of ${this.name} is handled again. ${why}`, facts);
      return;
    }
    const isKept = hasDeadLetters && queue !== undefined;
    const where = isKept ? `was put into ${this.name}.dead` : 'was given up';
    this.#log('warn', 'dead-letter', `An event of ${this.name} ${where}. ${why}`, facts);
  }

  #log(level: 'debug' | 'warn', event: string, message: string, fields: Readonly<Record<string, unknown>>): void {
    const { resource, host } = this.#terms;
    host.logger.log({
      level,
      event: `config.broker.${event}`,
      message,
      fields: { broker: resource.name, subscription: this.name, ...fields },
    });
  }
}
