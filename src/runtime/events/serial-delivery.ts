import type { ConfigEvent } from './config-event.js';
import type { CallFor, Notice, Receiver } from './event-listener.js';
import { Fifo } from './fifo.js';

/** Callbacks of a {@link SerialDelivery} to its owner; none of them may throw. */
export interface DeliveryObserver {
  readonly busy: () => void;
  readonly idle: () => void;
  readonly failed: (error: unknown, event: ConfigEvent) => void;
  readonly within?: ((name: string, call: () => unknown) => unknown) | undefined;
}

interface Call {
  readonly event: ConfigEvent;
  readonly call: () => unknown;
}

/** Calls one listener for one event after the other, each when the call before has ended. */
export class SerialDelivery implements Receiver {
  readonly #name: string;
  readonly #callFor: CallFor;
  readonly #observer: DeliveryObserver;
  readonly #waiting = new Fifo<Call>();
  #running = false;
  #event: ConfigEvent | undefined;
  #accepted = 0;
  #ended = 0;
  #settlers: { readonly until: number; readonly settle: () => void }[] = [];

  /** @param name that of the listener's function; may be empty. */
  public constructor(name: string, callFor: CallFor, observer: DeliveryObserver) {
    this.#name = name;
    this.#callFor = callFor;
    this.#observer = observer;
  }

  public get label(): string {
    const listener = this.#name === '' ? 'a listener' : `listener ${this.#name}`;
    return this.#event === undefined ? listener : `${listener} to ${this.#event.type}`;
  }

  public offer(notice: Notice): void {
    const call = this.#callFor(notice);
    if (call === undefined) return;
    this.#accepted += 1;
    this.#waiting.push({ event: notice.event, call });
    if (!this.#running) void this.#run();
  }

  /** Resolves when everything accepted so far has been delivered or dropped. */
  public settled(): Promise<void> {
    const until = this.#accepted;
    if (this.#ended >= until) return Promise.resolve();
    return new Promise((settle) => {
      this.#settlers.push({ until, settle });
    });
  }

  /** Drops what waits; nothing more is offered then. A call under way goes on. */
  public stop(): void {
    this.#end(this.#waiting.clear());
  }

  public finish(): void {
    this.stop();
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#observer.busy();
    // The publisher goes on first: no listener runs inside a commit.
    await Promise.resolve();
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#event = next.event;
      try {
        const { within } = this.#observer;
        await (within === undefined ? next.call() : within(this.label, next.call));
      } catch (error) {
        this.#observer.failed(error, next.event);
      }
      this.#end(1);
    }
    this.#running = false;
    this.#observer.idle();
  }

  #end(count: number): void {
    this.#ended += count;
    const due = this.#settlers.filter(({ until }) => until <= this.#ended);
    if (due.length === 0) return;
    this.#settlers = this.#settlers.filter(({ until }) => until > this.#ended);
    for (const { settle } of due) settle();
  }
}
