import type { ManagedResource } from '../../resources/index.js';
import { pgTransactor } from './pg-transactor.js';
import type { PgPool, PgPoolClient, PgResult } from './pg-types.js';

type Connected = (error: unknown, client?: PgPoolClient, release?: (error?: Error | boolean) => void) => void;

/**
 * What of a pool is asked of the one in use: what query builders and ORMs call, with promises, or with the callbacks that
 * some of them give. Subpath: `uno-config/databases/pg`.
 */
export interface PoolInUse<P extends PgPool> extends Pick<P, 'query' | 'connect' | 'end'> {
  /** Never emits: the module logs the errors of idle connections. */
  on(event: string, listener: (...args: never[]) => void): this;
}

/**
 * A pool that is always the one in use. Each query and each connection counts as a user of the pool that it is from, until
 * it is done or released.
 */
class ManagedPool {
  static {
    // Drizzle knows a pool by the name of its class, which minifiers change.
    Object.defineProperty(this, 'name', { value: 'ManagedPool' });
  }

  readonly #resource: ManagedResource<PgPool>;

  public constructor(resource: ManagedResource<PgPool>) {
    this.#resource = resource;
  }

  public async query<R extends object = Record<string, unknown>>(
    text: string,
    values?: unknown[],
  ): Promise<PgResult<R>> {
    return this.#resource.use(async (pool) => pool.query<R>(text, values), { as: 'a query of a managed pool' });
  }

  /** A connection, whose pool is not ended before it is released. */
  public connect(): Promise<PgPoolClient>;
  public connect(connected: Connected): void;
  public connect(connected?: Connected): Promise<PgPoolClient> | void {
    if (connected === undefined) return this.#connect();
    this.#connect().then((client) => {
      connected(undefined, client, (error) => {
        client.release(error);
      });
    }, connected);
  }

  public end(): Promise<void>;
  public end(ended: () => void): void;
  public end(ended?: () => void): Promise<void> | void {
    if (ended === undefined) return Promise.resolve();
    ended();
  }

  public on(): this {
    return this;
  }

  async #connect(): Promise<PgPoolClient> {
    return new Promise((resolve, reject) => {
      const held = this.#resource.use(
        async (pool) => {
          const lease = await pgTransactor.acquire(pool);
          await new Promise<void>((done) => {
            const released = (error?: Error | boolean): void => {
              lease.release(Boolean(error));
              done();
            };
            resolve(Object.assign(lease.client, { release: released }));
          });
        },
        { as: 'a connection of a managed pool' },
      );
      held.catch(reject);
    });
  }
}

/**
 * A pool that is always the one in use, for query builders and ORMs that hold on to one:
 * `new Kysely({ dialect: new PostgresDialect({ pool: managedPool(orders) }) })`. `end()` does nothing: the module ends the
 * pool. Subpath: `uno-config/databases/pg`.
 */
export function managedPool<P extends PgPool>(resource: ManagedResource<P>): PoolInUse<P> {
  // What it is asked, it asks a P.
  return new ManagedPool(resource);
}
