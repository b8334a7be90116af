import type { Clock } from '../../../core/index.js';

/** What takes room, and can give it back. */
export interface Roomer {
  readonly size: number;
  readonly isIdle: boolean;
  /** Ends it; the room is free when it resolves. */
  end(): Promise<void>;
}

interface Waiter {
  readonly size: number;
  readonly grant: () => void;
}

/** Connections that all pools share: a new pool waits until enough of the others are closed. */
export class ConnectionRoom {
  public limit: number;
  readonly #clock: Clock;
  readonly #roomers = new Set<Roomer>();
  readonly #waiting = new Set<Waiter>();
  #taken = 0;
  /** Of what is taken, what is about to be free. */
  #ending = 0;

  public constructor(limit: number, clock: Clock) {
    this.limit = limit;
    this.#clock = clock;
  }

  public get taken(): number {
    return this.#taken;
  }

  public get waiting(): number {
    return this.#waiting.size;
  }

  /** Waits for room, first come, first served; false when the time is over. */
  public async take(size: number, timeout: number): Promise<boolean> {
    return new Promise((resolve) => {
      const waiter = {
        size,
        grant: () => {
          cancel();
          this.#waiting.delete(waiter);
          this.#taken += size;
          resolve(true);
        },
      };
      const cancel = this.#clock.after(timeout, () => {
        this.#waiting.delete(waiter);
        resolve(false);
        this.look();
      });
      this.#waiting.add(waiter);
      this.look();
    });
  }

  public use(roomer: Roomer): void {
    this.#roomers.delete(roomer);
    this.#roomers.add(roomer);
  }

  public async end(roomer: Roomer): Promise<void> {
    if (!this.#roomers.delete(roomer)) return;
    this.#ending += roomer.size;
    try {
      await roomer.end();
    } finally {
      this.#ending -= roomer.size;
      this.free(roomer.size);
    }
  }

  public free(size: number): void {
    this.#taken -= size;
    this.look();
  }

  public look(): void {
    for (const { size, grant } of this.#waiting) {
      if (this.#taken + size > this.limit) {
        this.#makeRoom(size);
        return;
      }
      grant();
    }
  }

  #makeRoom(size: number): void {
    for (const roomer of this.#roomers) {
      if (this.#taken - this.#ending + size <= this.limit) return;
      if (roomer.isIdle) void this.end(roomer);
    }
  }
}
