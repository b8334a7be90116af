import type { AmbientTenant } from '../../../container/index.js';
import type { NeededClient, Recipe, RecipeInside } from '../../resources/index.js';
import type { Lease, TenantPlace, TransactionMode, Transactor } from '../../transactions/index.js';
import { ConnectionRoom } from './connection-room.js';
import {
  needsTransaction,
  noRoom,
  noTenant,
  placeTaken,
  rowsUnprotected,
  sameForAll,
  strategyUnsupported,
} from './tenancy-errors.js';
import type { TenancySettings } from './tenancy-settings.js';
import { isKeptForAnother, namesTenant, tenantPlace } from './tenant-place.js';
import { TenantPool, type DatabaseSettings } from './tenant-pool.js';

interface TenantWords {
  readonly tenancy: TenancySettings;
  readonly database: DatabaseSettings;
}

export interface TenantPoolsParts<P, K> {
  readonly name: string;
  /** The pool that tenants without a database of their own share. */
  readonly base: P;
  readonly transactor: Transactor<P, K>;
  readonly recipe: Recipe;
  readonly needs: readonly NeededClient[];
  readonly host: RecipeInside['host'];
  /** The application's settings for all tenants. */
  readonly settings: TenancySettings;
  readonly read: (tenant: AmbientTenant) => TenantWords;
  /** The application's settings of the database. */
  readonly database: () => DatabaseSettings;
}

/** How many pools tenants have. */
export interface TenantPoolsStats {
  /** Pools of tenants with a database of their own that are open. */
  readonly pools: number;
  /** Connections that these may open together. */
  readonly connections: number;
  /** Tenants whose pools wait for room. */
  readonly waiting: number;
}

/**
 * The pools behind a `tenantDatabase`: one that tenants share, and those of tenants that have a database of their own, of
 * which only so many are open that `maxConnections` is kept to. Transactions find theirs by themselves. Subpath:
 * `uno-config/databases/tenants`.
 */
export interface TenantPools {
  readonly stats: TenantPoolsStats;
}

export class LiveTenantPools<P, K> implements TenantPools {
  readonly #parts: TenantPoolsParts<P, K>;
  readonly #room: ConnectionRoom;
  readonly #pools = new Map<string, TenantPool<P>>();
  /** Who has which place, as far as it is known. */
  readonly #owners = new Map<string, string | undefined>();
  readonly #places = new Map<string, string>();
  #rows: Promise<void> | undefined;

  public constructor(parts: TenantPoolsParts<P, K>) {
    this.#parts = parts;
    const { settings, host, name } = parts;
    this.#room = new ConnectionRoom(settings.maxConnections, host.clock);
    const { strategy } = settings;
    this.#refuseUnsupported(strategy);
    if (strategy !== 'shared' && !namesTenant(settings[strategy])) throw sameForAll(name, strategy, settings[strategy]);
    const base = parts.database();
    if (base.database !== undefined) this.#owners.set(keyOf('database', base.database, base), undefined);
  }

  public get stats(): TenantPoolsStats {
    return { pools: this.#pools.size, connections: this.#room.taken, waiting: this.#room.waiting };
  }

  /** The tenant that the code runs for. */
  public get owner(): string | undefined {
    return this.#parts.host.tenant()?.id;
  }

  public set maxConnections(limit: number) {
    this.#room.limit = limit;
    this.#room.look();
  }

  public async probe(): Promise<void> {
    const { recipe, base, settings } = this.#parts;
    await recipe.probe(base, { signal: new AbortController().signal });
    if (settings.strategy === 'shared') await this.#checkRows();
  }

  /**
   * A connection to where the rows of the tenant are.
   *
   * @throws ConfigError `tenant-not-set`, `tenant-needs-transaction`, `tenant-place-taken`, `tenant-place-refused`,
   *   `tenant-rows-unprotected`, `tenant-connections-exhausted`, `tenant-strategy-unsupported`.
   */
  public async acquire(mode?: TransactionMode): Promise<Lease<K>> {
    const { transactor, name, read, settings } = this.#parts;
    const tenant = this.#tenant();
    const said = read(tenant);
    const place = this.#placeOf(tenant, said);
    if (place.strategy !== 'database' && mode?.isTransaction !== true) throw needsTransaction(name, place.strategy);
    this.#claim(place, said.database);
    const setup = transactor.tenancy?.setup(place, settings) ?? [];
    const lease = await this.#lease(place, said, mode && { ...mode, setup });
    return { ...lease, setup, release: lease.release.bind(lease) };
  }

  public exhausted(): number | undefined {
    const { base, transactor } = this.#parts;
    const tenant = this.#tenant();
    const said = this.#parts.read(tenant);
    if (said.tenancy.strategy !== 'database') return transactor.exhausted(base);
    const client = this.#pools.get(tenant.id)?.client;
    return client === undefined ? undefined : transactor.exhausted(client.made);
  }

  public async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map(async (pool) => pool.settled.then(async () => this.#room.end(pool))));
  }

  async #lease(place: TenantPlace, said: TenantWords, mode: TransactionMode | undefined): Promise<Lease<K>> {
    const { base, transactor } = this.#parts;
    if (place.strategy === 'database') {
      return this.#poolOf(place, said).lease(async (pool) => transactor.acquire(pool, mode));
    }
    if (place.strategy === 'shared') await (this.#rows ??= this.#checkRows());
    return transactor.acquire(base, mode);
  }

  #tenant(): AmbientTenant {
    const tenant = this.#parts.host.tenant();
    if (tenant === undefined) throw noTenant(this.#parts.name);
    return tenant;
  }

  #placeOf({ id }: AmbientTenant, { tenancy, database }: TenantWords): TenantPlace {
    this.#refuseUnsupported(tenancy.strategy);
    const own = database.database;
    // The database in the tenant's document overrides the name from the template.
    if (tenancy.strategy === 'database' && own !== undefined && own !== this.#parts.database().database) {
      return { strategy: 'database', tenant: id, database: own };
    }
    return tenantPlace(id, tenancy);
  }

  #refuseUnsupported(strategy: TenancySettings['strategy']): void {
    const { transactor, name } = this.#parts;
    if (strategy !== 'database' && transactor.tenancy === undefined) throw strategyUnsupported(name, strategy);
  }

  /** Two tenants never share a place, whatever their documents contain. */
  #claim(place: TenantPlace, own: DatabaseSettings): void {
    if (place.strategy === 'shared') return;
    const { strategy: kind, tenant } = place;
    const name = kind === 'schema' ? place.schema : place.database;
    const key = keyOf(kind, name, kind === 'schema' ? this.#parts.database() : own);
    const before = this.#places.get(tenant);
    if (before === key) return;
    if (this.#owners.has(key)) {
      const owner = this.#owners.get(key);
      throw placeTaken(tenant, kind, name, `that of ${owner === undefined ? 'the application' : `tenant "${owner}"`}`);
    }
    if (isKeptForAnother(place, this.#parts.settings[kind])) {
      throw placeTaken(tenant, kind, name, 'kept for another tenant by the settings of the application');
    }
    if (before !== undefined) this.#owners.delete(before);
    this.#places.set(tenant, key);
    this.#owners.set(key, tenant);
  }

  async #checkRows(): Promise<void> {
    const { transactor, base, settings, name } = this.#parts;
    try {
      const objections = (await transactor.tenancy?.objections(base, settings)) ?? [];
      if (objections.length > 0) throw rowsUnprotected(name, objections);
    } catch (error) {
      // Retried next time: it may have been fixed.
      this.#rows = undefined;
      throw error;
    }
  }

  #poolOf({ tenant, database: name }: TenantPlace & { strategy: 'database' }, said: TenantWords): TenantPool<P> {
    const words = { settings: said.database, database: name, size: said.tenancy.connections };
    const found = this.#pools.get(tenant);
    if (found?.follows(words) === true) return found;
    if (found !== undefined) void this.#room.end(found);
    const { settings } = this.#parts;
    const { milliseconds } = settings.acquireTimeout;
    const made: TenantPool<P> = new TenantPool<P>(tenant, words, {
      ...this.#parts,
      room: this.#room,
      idleTimeout: settings.idleTimeout.milliseconds,
      takeRoom: async (size) => {
        const hasRoom = await this.#room.take(size, milliseconds);
        if (!hasRoom) throw noRoom(this.#parts.name, tenant, this.#room.limit, milliseconds);
      },
      gone: () => {
        if (this.#pools.get(tenant) === made) this.#pools.delete(tenant);
      },
    });
    this.#pools.set(tenant, made);
    return made;
  }
}

function keyOf(kind: 'database' | 'schema', name: string, { host, port, socketPath }: DatabaseSettings): string {
  return `${kind} ${name} at ${socketPath ?? `${host ?? ''}:${String(port ?? '')}`}`;
}
