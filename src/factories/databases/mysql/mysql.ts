import { connect, type Socket } from 'node:net';
import { option, type OptionKinds, readOptions } from '../../../core/index.js';
import type { SectionTarget } from '../../../runtime/index.js';
import { defineResource, sectionLike, type ResourceOptions } from '../../resources/index.js';
import { DatabaseDefinition } from '../../transactions/index.js';
import {
  endInTime,
  loadDriver,
  overReplicas,
  POOL_OPTIONS,
  Replicas,
  type ReplicaSettings,
} from '../settings/index.js';
import { askForPassword, breakOff, coreOf, giveUpSilent, keepIdle } from './mysql2-core.js';
import { MysqlSettings } from './mysql-settings.js';
import { mysqlTransactor, type ConnectionCount } from './mysql-transactor.js';
import type {
  MariadbDriver,
  MariadbPoolOptions,
  Mysql2Driver,
  Mysql2PoolOptions,
  MysqlConnection,
  MysqlPool,
} from './mysql-types.js';
import { toMariadbOptions, toMysql2Options } from './to-client-options.js';

/** What {@link mysql} and {@link mariadb} take. */
export interface MysqlOptions<S extends MysqlSettings, D> extends Pick<
  ResourceOptions<unknown, S, never>,
  'lazy' | 'probeTimeout' | 'drainTimeout'
> {
  /** Names the database in errors, logs, health and metrics. */
  readonly name: string;
  /** The section with its settings. */
  readonly from: SectionTarget<S>;
  /** Gives the driver; default: it is imported by its name. With it, the pool has the type of the driver. */
  readonly driver?: () => D | Promise<D>;
}

type AnyOptions = MysqlOptions<MysqlSettings, unknown>;

const OPTIONS = {
  ...POOL_OPTIONS,
  from: option.required(sectionLike(MysqlSettings)),
  driver: option.callback,
} satisfies OptionKinds<AnyOptions>;

/**
 * A MySQL or MariaDB database, as a pool of the package `mysql2` (`mysql2/promise`) that is replaced when its settings
 * change. A rotated password reaches the next connection. Subpath: `uno-config/databases/mysql`.
 *
 * @throws TypeError naming an option that cannot be used.
 */
export function mysql<
  P extends MysqlPool<K>,
  K extends MysqlConnection = ConnectionOf<P>,
  S extends MysqlSettings = MysqlSettings,
>(options: MysqlOptions<S, Mysql2Driver<P>>): DatabaseDefinition<P, K> {
  readOptions<AnyOptions, typeof OPTIONS>('mysql', options, OPTIONS);
  // Without a driver of its own it is a pool of which nothing but what we ask is known.
  const { driver, ...rest } = options;
  const end = async (made: P): Promise<void> => {
    const core = coreOf(made);
    await endInTime({
      waiting: () => core._connectionQueue.length,
      end: async () => made.end(),
      breakOff: () => {
        breakOff(core);
      },
    });
  };
  const pool = defineResource<P, MysqlSettings>({
    ...rest,
    create: async ({ name, settings, secrets, clock, logger }) => {
      const { createPool } = await loadDriver<Mysql2Driver<P>>('mysql2/promise', driver);
      const poolOptions = toMysql2Options(settings, secrets);
      const password = settings.password === undefined ? undefined : secrets.reader('password');
      const open = (place: Partial<ReplicaSettings> = {}): P => {
        const made = createPool(placed(poolOptions, place));
        keepIdle(coreOf(made), settings.pool.min);
        if (password !== undefined) askForPassword(coreOf(made), password);
        if (settings.queryTimeout !== undefined) giveUpSilent(coreOf(made), settings.queryTimeout.milliseconds);
        return made;
      };
      const made = open();
      Replicas.attach(made, settings.replicas, { name, clock, logger, open, probe, end });
      return made;
    },
    probe,
    hot: {
      'pool.max': (made, max) => {
        for (const one of Replicas.with(made)) coreOf(one).config.connectionLimit = max;
      },
      'pool.idleTimeout': (made, { milliseconds }) => {
        for (const one of Replicas.with(made)) coreOf(one).config.idleTimeout = milliseconds;
      },
      // The driver has nothing like it.
      'pool.acquireTimeout': () => undefined,
      'pool.maxLifetime': () => undefined,
      'pool.maxUses': () => undefined,
    },
    close: async (made) => {
      await Replicas.of(made)?.end();
      await end(made);
    },
  });
  const countOf = (made: P): ConnectionCount => {
    const { config, _allConnections: all, _freeConnections: free } = coreOf(made);
    return { open: all.length, idle: free.length, max: config.connectionLimit };
  };
  // The driver of MariaDB does that itself.
  const abandoned = (made: P, session: number): void => {
    made.query(`kill ${String(session)}`).catch(() => undefined);
  };
  return new DatabaseDefinition(pool, overReplicas(mysqlTransactor<P, K>(countOf, abandoned)));
}

/**
 * The same as a pool of the package `mariadb`. It takes the password as a string: a rotated one makes a new pool. Subpath:
 * `uno-config/databases/mysql`.
 *
 * @throws TypeError naming an option that cannot be used.
 */
export function mariadb<
  P extends MysqlPool<K> & MariadbCounts,
  K extends MysqlConnection = ConnectionOf<P>,
  S extends MysqlSettings = MysqlSettings,
>(options: MysqlOptions<S, MariadbDriver<P>>): DatabaseDefinition<P, K> {
  readOptions<AnyOptions, typeof OPTIONS>('mariadb', options, OPTIONS);
  // Without a driver of its own it is a pool of which nothing but what we ask is known.
  const { driver, ...rest } = options;
  const limits = new WeakMap<P, number>();
  const sockets = new WeakMap<P, MariadbSockets>();
  const end = async (made: P): Promise<void> =>
    endInTime({
      waiting: () => made.taskQueueSize(),
      end: async () => made.end(),
      breakOff: () => sockets.get(made)?.breakOff(),
    });
  const pool = defineResource<P, MysqlSettings>({
    ...rest,
    create: async ({ name, settings, secrets, clock, logger }) => {
      const { createPool } = await loadDriver<MariadbDriver<P>>('mariadb', driver);
      const poolOptions = toMariadbOptions(settings, secrets);
      const open = (place: Partial<ReplicaSettings> = {}): P => {
        const own = placed(poolOptions, place);
        const opened = new MariadbSockets(own);
        const made = createPool({ ...own, stream: opened.stream });
        limits.set(made, settings.pool.max);
        sockets.set(made, opened);
        return made;
      };
      const made = open();
      Replicas.attach(made, settings.replicas, { name, clock, logger, open, probe, end });
      return made;
    },
    probe,
    close: async (made) => {
      await Replicas.of(made)?.end();
      await end(made);
    },
  });
  const countOf = (made: P): ConnectionCount => ({
    open: made.totalConnections(),
    idle: made.idleConnections(),
    max: limits.get(made) ?? Infinity,
  });
  return new DatabaseDefinition(pool, overReplicas(mysqlTransactor<P, K>(countOf)));
}

async function probe(pool: MysqlPool): Promise<unknown> {
  return pool.query('select 1');
}

/** The options of a pool of another server, which has no socket on this machine. */
function placed<O extends MariadbPoolOptions | Mysql2PoolOptions>(
  options: O,
  { host, port }: Partial<ReplicaSettings>,
): O {
  if (host === undefined) return options;
  const others = { ...options, host, port: port ?? options.port };
  Reflect.deleteProperty(others, 'socketPath');
  return others;
}

/** What a pool of `mariadb` counts. */
export interface MariadbCounts {
  totalConnections(): number;
  idleConnections(): number;
  taskQueueSize(): number;
}

type ConnectionOf<P> = P extends { getConnection(): Promise<infer K> } ? K : never;

/** The sockets of a pool of `mariadb`: it would wait for those of a silent server without limit, and hands none out. */
class MariadbSockets {
  readonly #place: Pick<MariadbPoolOptions, 'host' | 'port'>;
  readonly #open = new Set<Socket>();

  public constructor(place: Pick<MariadbPoolOptions, 'host' | 'port'>) {
    this.#place = place;
  }

  /** Opens one for the driver. A socket of this machine it opens by itself: none of those falls silent. */
  public readonly stream = (opened: (error?: Error, socket?: Socket) => void): void => {
    const { host, port } = this.#place;
    const socket = connect({ host, port, noDelay: true });
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    opened(undefined, socket);
  };

  /** Ends all at once; whoever waits for an answer gets an error. */
  public breakOff(): void {
    for (const socket of this.#open) {
      socket.destroy(Object.assign(new Error('The server is silent.'), { code: 'ETIMEDOUT' }));
    }
  }
}
