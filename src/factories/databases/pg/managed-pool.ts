import type { ManagedResource } from '../../resources/index.js';
import type { PgPool, PgPoolClient, PgResult } from './pg-types.js';

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

  /** A query on a connection of its own. */
  public async query<R extends object = Record<string, unknown>>(
    text: string,
    values?: unknown[],
  ): Promise<PgResult<R>> {
    return this.#resource.use(async (pool) => pool.query<R>(text, values), { as: 'a query of a managed pool' });
  }

  /** A connection, whose pool is not ended before it is released. */
  public async connect(): Promise<PgPoolClient> {
    return new Promise((resolve, reject) => {
      const held = this.#resource.use(
        async (pool) => {
          const client = await pool.connect();
          await new Promise<void>((done) => {
            resolve(releasing(client, done));
          });
        },
        { as: 'a connection of a managed pool' },
      );
      held.catch(reject);
    });
  }

  public async end(): Promise<void> {
    await Promise.resolve();
  }
}

/**
 * A pool that is always the one in use, for query builders that hold on to one:
 * `new Kysely({ dialect: new PostgresDialect({ pool: managedPool(orders) }) })`. It gives promises, and takes no callbacks.
 * `end()` does nothing: the module ends the pool. Subpath: `uno-config/databases/pg`.
 */
export function managedPool<P extends PgPool>(resource: ManagedResource<P>): Pick<P, 'query' | 'connect' | 'end'> {
  // What it is asked, it asks a P.
  return new ManagedPool(resource);
}

/** The pool gives each connection that it hands out a release of its own. */
function releasing(client: PgPoolClient, done: () => void): PgPoolClient {
  const release = client.release.bind(client);
  client.release = (error) => {
    release(error);
    done();
  };
  return client;
}
