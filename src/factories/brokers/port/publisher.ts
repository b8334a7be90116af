import { ConfigError, thrownInWords } from '../../../core/index.js';
import type { ResourceHost } from '../../../container/index.js';
import type { ManagedResource } from '../../resources/index.js';
import { eventNotConfirmed } from './broker-errors.js';
import type { BrokerLink, OutgoingMessage } from './broker-link.js';

/** Milliseconds before a message whose fate is unknown is published again; they double with each time. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 2_000;

const PUBLISHING = { as: 'an event that is published' };

interface Pending {
  readonly message: OutgoingMessage;
  /** By the monotonic clock. */
  readonly deadline: number;
  readonly timeout: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  attempts: number;
  last: string;
}

/** A link in use. As long as it is, it has a user: one for all messages, because each would pay for its own. */
interface Leg {
  readonly link: BrokerLink;
  readonly release: () => void;
  inFlight: number;
  isLeft: boolean;
}

/** Publishes messages until the broker has them, or their time is over. One timer watches over all of them. */
export class Publisher {
  readonly #broker: string;
  readonly #resource: ManagedResource<BrokerLink>;
  readonly #host: ResourceHost;
  readonly #random: () => number;
  readonly #pending = new Set<Pending>();
  readonly #idle = new Set<() => void>();
  readonly #counted: Readonly<Record<'confirmed' | 'failed', { readonly broker: string; readonly result: string }>>;
  #isWatched = false;
  #leg: Leg | undefined;
  #reaching: Promise<Leg> | undefined;
  #moves = 0;

  public constructor(resource: ManagedResource<BrokerLink>, host: ResourceHost, random: () => number) {
    this.#broker = resource.name;
    this.#resource = resource;
    this.#host = host;
    this.#random = random;
    const { name: broker } = resource;
    this.#counted = { confirmed: { broker, result: 'confirmed' }, failed: { broker, result: 'failed' } };
  }

  public get size(): number {
    return this.#pending.size;
  }

  /** @param timeout milliseconds */
  public async publish(message: OutgoingMessage, timeout: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const deadline = this.#host.clock.monotonic() + timeout;
      const pending = { message, deadline, timeout, resolve, reject, attempts: 0, last: 'there was no answer' };
      this.#pending.add(pending);
      if (!this.#isWatched) this.#watch(timeout);
      this.#attempt(pending);
    });
  }

  public async idle(): Promise<void> {
    if (this.#pending.size > 0) await new Promise<void>((resolve) => this.#idle.add(resolve));
  }

  /** Uses the link no more that was replaced, or is to be closed; what is on its way there is awaited. */
  public leave(): void {
    this.#moves++;
    const leg = this.#leg;
    this.#leg = undefined;
    if (leg !== undefined) leaveLeg(leg);
  }

  #attempt(pending: Pending): void {
    pending.attempts++;
    const leg = this.#leg;
    if (leg !== undefined) {
      this.#send(leg, pending);
      return;
    }
    this.#reaching ??= this.#reach().finally(() => (this.#reaching = undefined));
    this.#reaching.then(
      (reached) => {
        this.#send(reached, pending);
      },
      (error: unknown) => {
        this.#failed(pending, error);
      },
    );
  }

  async #reach(): Promise<Leg> {
    const moves = this.#moves;
    return new Promise((resolve, reject) => {
      const used = this.#resource.use(
        async (link) =>
          new Promise<void>((release) => {
            const leg: Leg = { link, release, inFlight: 0, isLeft: false };
            resolve(leg);
            if (moves === this.#moves) this.#leg = leg;
            // It was replaced meanwhile: what waits for it is sent, and nothing else.
            else setImmediate(leaveLeg, leg);
          }),
        PUBLISHING,
      );
      used.catch(reject);
    });
  }

  #send(leg: Leg, pending: Pending): void {
    leg.inFlight++;
    leg.link.publish(pending.message).then(
      () => {
        this.#end(pending, 'confirmed');
        pending.resolve();
        if (--leg.inFlight === 0 && leg.isLeft) leg.release();
      },
      (error: unknown) => {
        this.#failed(pending, error);
        if (--leg.inFlight === 0 && leg.isLeft) leg.release();
      },
    );
  }

  #failed(pending: Pending, error: unknown): void {
    if (!this.#pending.has(pending)) return;
    if (ConfigError.is(error) || error instanceof TypeError) {
      this.#end(pending, 'failed');
      pending.reject(error);
      return;
    }
    pending.last = thrownInWords(error);
    const limit = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(pending.attempts, 10));
    this.#host.clock.after(limit * (0.5 + this.#random() / 2), () => {
      if (this.#pending.has(pending)) this.#attempt(pending);
    });
  }

  /** Looks after the one whose time is over first. */
  #watch(after: number): void {
    this.#isWatched = true;
    this.#host.clock.after(after, () => {
      this.#isWatched = false;
      const now = this.#host.clock.monotonic();
      let next = Infinity;
      for (const pending of this.#pending) {
        if (pending.deadline > now) {
          next = Math.min(next, pending.deadline - now);
        } else {
          this.#end(pending, 'failed');
          pending.reject(eventNotConfirmed(this.#broker, pending.timeout, pending.last));
        }
      }
      if (next < Infinity) this.#watch(Math.ceil(next));
    });
  }

  #end(pending: Pending, result: 'confirmed' | 'failed'): void {
    // A confirmation may come after the wait for it has ended.
    if (!this.#pending.delete(pending)) return;
    this.#host.metrics.count('config.broker.publishes', 1, this.#counted[result]);
    if (this.#pending.size > 0) return;
    for (const resolve of this.#idle) resolve();
    this.#idle.clear();
  }
}

function leaveLeg(leg: Leg): void {
  leg.isLeft = true;
  if (leg.inFlight === 0) leg.release();
}
