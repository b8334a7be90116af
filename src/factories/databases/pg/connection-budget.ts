import type { PgDriver, PgPool, PgPoolOptions } from './pg-types.js';

interface Waiter {
  readonly pool: PgPool;
  readonly grant: () => void;
}

/**
 * Server connections that two pools share while one takes the place of another. The older one gives up connections that are
 * idle or released, but keeps one as long as callers wait for it: they must come to their end.
 */
export class ConnectionBudget {
  public limit: number;
  readonly #held = new Map<PgPool, number>();
  readonly #maxUses = new WeakMap<PgPool, number>();
  readonly #ended = new WeakSet<PgPool>();
  readonly #waiting = new Set<Waiter>();

  public constructor(limit: number) {
    this.limit = limit;
  }

  public join(pool: PgPool): void {
    this.#held.set(pool, 0);
    this.#maxUses.set(pool, pool.options.maxUses);
    // The pool looks at it right after this event.
    pool.on('release', () => {
      const isAsked = [...this.#waiting].some((waiter) => this.#yields(pool, waiter.pool));
      pool.options.maxUses = isAsked ? 1 : (this.#maxUses.get(pool) ?? Infinity);
    });
  }

  public leave(pool: PgPool): void {
    this.#ended.add(pool);
    this.#hold(pool, 0);
  }

  public get free(): number {
    return Math.max(0, this.limit - this.#total);
  }

  public setMaxUses(pool: PgPool, uses: number): void {
    pool.options.maxUses = uses;
    this.#maxUses.set(pool, uses);
  }

  /** Waits for a connection that may be made; false when the time is over. */
  public async take(pool: PgPool, timeout: number): Promise<boolean> {
    if (this.#total < this.limit && this.#waiting.size === 0) {
      this.#hold(pool, 1);
      return true;
    }
    return new Promise((resolve) => {
      const waiter = {
        pool,
        grant: () => {
          clearTimeout(timer);
          this.#waiting.delete(waiter);
          this.#hold(pool, 1);
          resolve(true);
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(waiter);
        resolve(false);
      }, timeout);
      this.#waiting.add(waiter);
      for (const other of this.#held.keys()) if (this.#yields(other, pool)) void closeIdle(other);
    });
  }

  public give(pool: PgPool): void {
    this.#hold(pool, -1);
    const [first] = this.#waiting;
    if (first !== undefined && this.#total < this.limit) first.grant();
  }

  get #total(): number {
    let total = 0;
    for (const held of this.#held.values()) total += held;
    return total;
  }

  #hold(pool: PgPool, more: number): void {
    const held = (this.#held.get(pool) ?? 0) + more;
    if (held === 0 && this.#ended.has(pool)) this.#held.delete(pool);
    else this.#held.set(pool, held);
  }

  /** Whether a pool is to give a connection up to another one. */
  #yields(pool: PgPool, to: PgPool): boolean {
    if (pool === to) return false;
    // Prevents an endless wait for a pool that has none.
    if (this.#held.get(to) === 0) return true;
    const pools = [...this.#held.keys()];
    return pools.indexOf(pool) < pools.indexOf(to) && ((this.#held.get(pool) ?? 0) > 1 || pool.waitingCount === 0);
  }
}

const budgets = new WeakMap<PgPool, ConnectionBudget>();

export function budgetOf(pool: unknown): ConnectionBudget | undefined {
  return typeof pool === 'object' && pool !== null ? budgets.get(pool as PgPool) : undefined;
}

/** A pool that shares its connections with the one whose place it takes. */
export function sharingPool<P extends PgPool>(driver: PgDriver<P>, options: PgPoolOptions, replaces: unknown): P {
  const budget = budgetOf(replaces) ?? new ConnectionBudget(options.max);
  budget.limit = options.max;
  class SharingClient extends driver.Client {
    public override connect(callback: (error?: Error | null) => void): void {
      void this.#connect(callback);
    }

    async #connect(callback: (error?: Error | null) => void): Promise<void> {
      if (!(await budget.take(pool, pool.options.connectionTimeoutMillis ?? options.connectionTimeoutMillis))) {
        callback(new Error('timeout exceeded when waiting for a connection that another pool holds'));
        return;
      }
      let isGiven = false;
      const give = (): void => {
        if (!isGiven) budget.give(pool);
        isGiven = true;
      };
      this.once('end', give);
      super.connect((error) => {
        if (error instanceof Error) {
          give();
          // The driver leaves open what it could not log in on, until the server hangs up.
          this.end().catch(() => undefined);
        }
        callback(error);
      });
    }
  }
  // The driver makes its connections by it.
  const withClient: PgPoolOptions = Object.assign({ Client: SharingClient }, options);
  const pool: P = new driver.Pool(withClient);
  budgets.set(pool, budget);
  budget.join(pool);
  return pool;
}

async function closeIdle(pool: PgPool): Promise<void> {
  if (pool.idleCount === 0) return;
  try {
    (await pool.connect()).release(true);
  } catch {
    // It ends, and gives up all that it has.
  }
}
