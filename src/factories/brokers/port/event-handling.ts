import { abortController, kindOfThrown, pause, type Clock } from '../../../core/index.js';
import { Duration } from '../../../sections/index.js';
import type { IncomingMessage, Settlement } from './broker-link.js';
import type { QueueSettings } from './broker-settings.js';
import { decodeEvent, type ReceivedEvent } from './cloud-event.js';
import type { EventHandler, EventOutcome } from './event-broker.js';

export interface HandlingTerms {
  readonly handler: EventHandler;
  readonly settings: () => QueueSettings;
  /**
   * `elsewhere`: the broker delivers what is to be retried again. `here`: it is kept and handled again, because nothing
   * may overtake it, or the broker would not.
   */
  readonly retries: 'elsewhere' | 'here';
  readonly isOrdered: boolean;
  /** Whether an event that is given up goes to the dead letters; those themselves have nowhere to go. */
  readonly hasDeadLetters: boolean;
  readonly clock: Clock;
  readonly random: () => number;
  /** What became of an event, and why it did not succeed. */
  readonly report: (settlement: Settlement, event: ReceivedEvent | undefined, why: string) => void;
}

interface Verdict {
  readonly settlement: Settlement;
  readonly why: string;
}

/** Hands events to a handler: one at a time of each key where order matters, over again where they fail. */
export class EventHandling {
  readonly #terms: HandlingTerms;
  /** The end of the last event of each key. */
  readonly #last = new Map<string, Promise<void>>();
  readonly #ends = abortController();
  /** Keys of which an event was given back: those behind it have to follow. */
  readonly #released = new Set<string>();
  #inFlight = 0;

  public constructor(terms: HandlingTerms) {
    this.#terms = terms;
  }

  public get inFlight(): number {
    return this.#inFlight;
  }

  public giveUp(): void {
    this.#ends.abort(new Error('The handler is not waited for any more.'));
  }

  /** `leaving`: aborts when nothing is to wait for another try any more. Never rejects. */
  public async receive(message: IncomingMessage, leaving: AbortSignal): Promise<Settlement> {
    this.#inFlight++;
    try {
      const event = decodeEvent(message.body);
      if (typeof event === 'string') return this.#reported({ settlement: { kind: 'dead', reason: event }, why: event });
      const key = event.partitionkey ?? '';
      const handle = async (): Promise<Settlement> => this.#handle(event, message, leaving);
      return await (this.#terms.isOrdered ? this.#inTurn(key, handle) : handle());
    } finally {
      this.#inFlight--;
    }
  }

  async #inTurn(key: string, handle: () => Promise<Settlement>): Promise<Settlement> {
    const before = this.#last.get(key);
    const handled = before === undefined ? handle() : before.then(handle);
    // Nothing that is handled rejects.
    const end = handled.then(() => {
      if (this.#last.get(key) === end) this.#last.delete(key);
    });
    this.#last.set(key, end);
    return handled;
  }

  async #handle(event: ReceivedEvent, message: IncomingMessage, leaving: AbortSignal): Promise<Settlement> {
    const key = event.partitionkey ?? '';
    if (!leaving.aborted) this.#released.delete(key);
    // An event that comes after the deadline is given back: a handler would miss the event of its signal.
    for (let attempt = message.attempt; !this.#released.has(key) && !this.#ends.signal.aborted; attempt++) {
      const verdict = await this.#judge(event, message, attempt);
      const { settlement } = verdict;
      if (settlement.kind !== 'retry' || this.#terms.retries === 'elsewhere') return this.#reported(verdict, event);
      this.#reported(verdict, event);
      await pause(this.#terms.clock, settlement.delay, leaving);
      if (leaving.aborted) this.#released.add(key);
    }
    return this.#reported({ settlement: { kind: 'release' }, why: '' }, event);
  }

  #reported({ settlement, why }: Verdict, event?: ReceivedEvent): Settlement {
    this.#terms.report(settlement, event, why);
    return settlement;
  }

  /** Handles it once, unless that was done often enough. */
  async #judge(
    event: ReceivedEvent,
    { topic, attempt: delivered }: IncomingMessage,
    attempt: number,
  ): Promise<Verdict> {
    const { handler, settings, hasDeadLetters, random } = this.#terms;
    const { maxDeliveries, retryDelay, maxRetryDelay } = settings();
    const [first, longest] = [retryDelay.milliseconds, Math.max(retryDelay.milliseconds, maxRetryDelay.milliseconds)];
    if (delivered > maxDeliveries && hasDeadLetters) {
      return dead(`It was delivered ${times(delivered - 1)} and never answered.`);
    }
    let why = 'The handler asked for a retry.';
    let outcome: EventOutcome;
    try {
      outcome = await handler(event, { attempt, key: event.partitionkey, topic, signal: this.#ends.signal });
    } catch (error) {
      outcome = 'retry';
      why = `The handler threw ${kindOfThrown(error)}.`;
    }
    if (outcome === 'ack') return { settlement: { kind: 'ack' }, why: '' };
    const given = readOutcome(outcome);
    if (given.kind === 'dead') {
      if (hasDeadLetters) return { settlement: given, why: given.reason };
      return { settlement: { kind: 'retry', delay: longest }, why: 'Dead letters have no dead letters.' };
    }
    if (given.isUnknown === true) why = 'The handler gave no outcome.';
    if (attempt >= maxDeliveries && hasDeadLetters) return dead(`It was given up after ${times(attempt)}. ${why}`);
    const limit = Math.min(longest, first * 2 ** Math.min(attempt - 1, 50));
    return { settlement: { kind: 'retry', delay: given.delay ?? Math.ceil(limit * (0.9 + random() / 10)) }, why };
  }
}

function times(count: number): string {
  return count === 1 ? 'one time' : `${String(count)} times`;
}

function dead(reason: string): Verdict {
  return { settlement: { kind: 'dead', reason }, why: reason };
}

type GivenOutcome =
  | { readonly kind: 'dead'; readonly reason: string }
  | { readonly kind: 'retry'; readonly delay?: number; readonly isUnknown?: boolean };

/** What a handler without types gives may be anything: an event is not lost for that. */
function readOutcome(outcome: unknown): GivenOutcome {
  if (typeof outcome === 'object' && outcome !== null) {
    if ('dead' in outcome) return { kind: 'dead', reason: String(outcome.dead) };
    const retry = 'retry' in outcome ? outcome.retry : undefined;
    const delay = typeof retry === 'string' ? Duration.parse(retry) : retry;
    if (Duration.is(delay)) return { kind: 'retry', delay: delay.milliseconds };
  }
  return outcome === 'retry' ? { kind: 'retry' } : { kind: 'retry', isUnknown: true };
}
