import type { Clock } from '../../../core/index.js';
import type { ConsumeRequest, LinkConsumer } from '../port/index.js';

export interface LocalEntry {
  readonly body: string;
  readonly topic: string;
  /** Its place among all of its queue. */
  readonly place: number;
  readonly attempt: number;
}

interface LocalConsumer {
  readonly request: ConsumeRequest;
  maxInFlight: number;
  inFlight: number;
  idle?: () => void;
}

/** Events of one queue, and who consumes them: those that came back first, before those that never were out. */
export class LocalQueue {
  readonly #clock: Clock;
  readonly #buried: (entry: LocalEntry, reason: string) => void;
  readonly #back: LocalEntry[] = [];
  /** What came back, the oldest last. */
  readonly #returned: LocalEntry[] = [];
  readonly #consumers = new Set<LocalConsumer>();
  #head = 0;
  #places = 0;
  /** Waiting for their delay to be over. */
  #delayed = 0;

  /** @param buried puts an event among the dead letters */
  public constructor(clock: Clock, buried: (entry: LocalEntry, reason: string) => void) {
    this.#clock = clock;
    this.#buried = buried;
  }

  /** Events that are waiting for a consumer. */
  public get length(): number {
    return this.#back.length - this.#head + this.#returned.length + this.#delayed;
  }

  public push(body: string, topic: string, attempt = 1): void {
    this.#back.push({ body, topic, place: this.#places++, attempt });
    this.#pump();
  }

  public consume(request: ConsumeRequest): LinkConsumer {
    const consumer: LocalConsumer = { request, maxInFlight: request.maxInFlight, inFlight: 0 };
    this.#consumers.add(consumer);
    this.#pump();
    return {
      resize: (maxInFlight) => {
        consumer.maxInFlight = maxInFlight;
        this.#pump();
      },
      stop: async () => {
        this.#consumers.delete(consumer);
        if (consumer.inFlight > 0) await new Promise<void>((resolve) => (consumer.idle = resolve));
        this.#pump();
      },
    };
  }

  #pump(): void {
    for (let consumer = this.#free(); consumer !== undefined; consumer = this.#free()) {
      const entry = this.#take();
      if (entry === undefined) return;
      void this.#deliver(consumer, entry);
    }
  }

  /** The consumer with room that has the least to do; where order matters, the first one alone. */
  #free(): LocalConsumer | undefined {
    let free: LocalConsumer | undefined;
    for (const consumer of this.#consumers) {
      const { inFlight, maxInFlight, request } = consumer;
      if (inFlight < maxInFlight && (free === undefined || inFlight < free.inFlight)) free = consumer;
      if (request.ordered) break;
    }
    return free;
  }

  #take(): LocalEntry | undefined {
    const returned = this.#returned.pop();
    if (returned !== undefined) return returned;
    const entry = this.#back[this.#head];
    if (entry === undefined) return undefined;
    this.#head++;
    // Half of it is over: what is left moves to the front.
    if (this.#head > 1_000 && this.#head * 2 > this.#back.length) {
      this.#back.splice(0, this.#head);
      this.#head = 0;
    }
    return entry;
  }

  async #deliver(consumer: LocalConsumer, entry: LocalEntry): Promise<void> {
    consumer.inFlight++;
    const settlement = await consumer.request.receive(entry);
    consumer.inFlight--;
    if (settlement.kind === 'retry') this.#delay(entry, settlement.delay);
    if (settlement.kind === 'dead') this.#buried(entry, settlement.reason);
    if (settlement.kind === 'release') this.#return(entry);
    if (consumer.inFlight === 0) consumer.idle?.();
    this.#pump();
  }

  #delay({ body, topic, attempt }: LocalEntry, delay: number): void {
    this.#delayed++;
    this.#clock.after(delay, () => {
      this.#delayed--;
      this.push(body, topic, attempt + 1);
    });
  }

  #return(entry: LocalEntry): void {
    const at = this.#returned.findIndex(({ place }) => place < entry.place);
    this.#returned.splice(at < 0 ? this.#returned.length : at, 0, entry);
  }
}
