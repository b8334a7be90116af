import { setTimeout } from 'node:timers/promises';

/** How long a client may take to close, in milliseconds, before it is left to itself. */
const LAST_CALL = 1_000;

/** A client that is there already and stays open, or a function that makes one, which is closed with the source. */
export type ClientOption<C> = C | (() => C | Promise<C>);

/** A client that is made when it is needed first. An attempt that failed is forgotten. */
export class LazyClient<C extends object> {
  readonly #make: () => C | Promise<C>;
  readonly #close: (client: C) => unknown;
  #made: Promise<C> | undefined;

  /** @param close called for what was made here, not for a client that was given */
  public constructor(given: ClientOption<C> | undefined, make: () => Promise<C>, close: (client: C) => unknown) {
    const isGiven = typeof given === 'object';
    this.#make = given === undefined ? make : isGiven ? () => given : given;
    this.#close = isGiven ? () => undefined : close;
  }

  public async get(): Promise<C> {
    this.#made ??= Promise.resolve()
      .then(this.#make)
      .catch((error: unknown) => {
        this.#made = undefined;
        throw error;
      });
    return this.#made;
  }

  public async close(): Promise<void> {
    const made = this.#made;
    this.#made = undefined;
    if (made === undefined) return;
    const closing = made.then(this.#close);
    // A pool waits for its connections, of which one may be to a silent server.
    await Promise.race([closing, setTimeout(LAST_CALL, undefined, { ref: false })]);
  }
}
