import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { thrownInWords, type Clock, type ConfigLogger } from '../../../core/index.js';
import { Describe } from '../../../sections/index.js';
import type { Lease, TransactionMode, Transactor } from '../../transactions/index.js';

/**
 * A server that follows the primary, with the same databases, users and passwords. Subpaths: `uno-config/databases/pg`,
 * `uno-config/databases/mysql`.
 */
export class ReplicaSettings {
  @Describe('The host.')
  @IsString()
  public readonly host: string = 'localhost';

  @Describe('The port; that of the primary when absent.')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(65_535)
  public readonly port?: number;
}

/** Milliseconds before a replica that was out of reach is asked again. */
const RETRY = 5_000;

interface ReplicasParts<P> {
  readonly name: string;
  readonly clock: Clock;
  readonly logger: ConfigLogger;
  readonly open: (replica: ReplicaSettings) => P;
  readonly probe: (pool: P) => Promise<unknown>;
  readonly end: (pool: P) => Promise<void>;
}

interface Replica<P> {
  readonly at: string;
  readonly pool: P;
  isUp: boolean;
  /** Nothing is logged twice. */
  isToldDown: boolean;
  cancel: () => void;
}

// What is handed out as a pool is the primary, whose type is the driver's.
const known = new WeakMap<object, Replicas<unknown>>();

/** The replicas of a primary, for transactions that only read. One that is out of reach is asked again by and by. */
export class Replicas<P> {
  readonly #parts: ReplicasParts<P>;
  readonly #replicas: readonly Replica<P>[];
  #turn = 0;
  #isEnded = false;

  public constructor(settings: readonly ReplicaSettings[], parts: ReplicasParts<P>) {
    this.#parts = parts;
    this.#replicas = settings.map((replica) => ({
      at: `${replica.host}${replica.port === undefined ? '' : `:${String(replica.port)}`}`,
      pool: parts.open(replica),
      isUp: false,
      isToldDown: false,
      cancel: () => undefined,
    }));
    for (const replica of this.#replicas) void this.#look(replica);
  }

  /** Opens the replicas of a primary, if it has any. */
  public static attach<P extends object>(
    primary: P,
    settings: readonly ReplicaSettings[],
    parts: ReplicasParts<P>,
  ): void {
    if (settings.length > 0) known.set(primary, new Replicas(settings, parts) as Replicas<unknown>);
  }

  public static of<P extends object>(primary: P): Replicas<P> | undefined {
    // They were attached to a P.
    return known.get(primary) as Replicas<P> | undefined;
  }

  public static with<P extends object>(primary: P): readonly P[] {
    const replicas = Replicas.of(primary);
    return replicas === undefined ? [primary] : [primary, ...replicas.#replicas.map(({ pool }) => pool)];
  }

  /** What is out of reach, in words; `undefined` when nothing is. */
  public get note(): string | undefined {
    const down = this.#replicas.filter(({ isUp }) => !isUp).map(({ at }) => at);
    if (down.length === 0) return undefined;
    const readers = down.length === this.#replicas.length ? 'the primary' : 'the others';
    return `Replicas out of reach: ${down.join(', ')}. What would be read from them is read from ${readers}.`;
  }

  /** A connection to one that answers, by turns; `undefined` when none does. */
  public async acquire<K>(
    acquire: (pool: P) => Promise<Lease<K>>,
    isBusy: (pool: P) => boolean,
  ): Promise<Lease<K> | undefined> {
    const up = this.#replicas.filter(({ isUp }) => isUp);
    this.#turn++;
    const first = this.#turn % Math.max(1, up.length);
    const turned = [...up.slice(first), ...up.slice(0, first)];
    // One whose connections are all in use is the last to be waited for.
    const [free, busy] = [turned.filter(({ pool }) => !isBusy(pool)), turned.filter(({ pool }) => isBusy(pool))];
    for (const replica of [...free, ...busy]) {
      const wasBusy = isBusy(replica.pool);
      try {
        return await acquire(replica.pool);
      } catch (error) {
        if (wasBusy) throw error;
        this.#lost(replica, error);
      }
    }
    return undefined;
  }

  public async end(): Promise<void> {
    this.#isEnded = true;
    for (const { cancel } of this.#replicas) cancel();
    await Promise.all(this.#replicas.map(async ({ pool }) => this.#parts.end(pool)));
  }

  async #look(replica: Replica<P>): Promise<void> {
    const { name, probe, logger } = this.#parts;
    try {
      await probe(replica.pool);
    } catch (error) {
      this.#lost(replica, error);
      return;
    }
    replica.isUp = true;
    if (!replica.isToldDown) return;
    replica.isToldDown = false;
    const message = `The replica ${replica.at} of ${name} answers again.`;
    logger.log({ level: 'info', event: 'config.database.replica-up', message, fields: { resource: name } });
  }

  #lost(replica: Replica<P>, error: unknown): void {
    replica.isUp = false;
    if (this.#isEnded) return;
    const { name, clock, logger } = this.#parts;
    replica.cancel();
    replica.cancel = clock.after(RETRY, () => void this.#look(replica));
    if (replica.isToldDown) return;
    replica.isToldDown = true;
    const kind = thrownInWords(error);
    const message = `The replica ${replica.at} of ${name} is out of reach (${kind}); others are read from, or the primary.`;
    logger.log({ level: 'warn', event: 'config.database.replica-down', message, fields: { resource: name, kind } });
  }
}

/** Transactions that only read run on a replica where one answers. */
export function overReplicas<P extends object, K>(transactor: Transactor<P, K>): Transactor<P, K> {
  return {
    ...transactor,
    acquire: async (pool, mode) => {
      if (mode === undefined || !readsReplica(mode)) return transactor.acquire(pool, mode);
      const lease = await Replicas.of(pool)?.acquire(
        async (replica) => begun(transactor, replica, mode),
        (replica) => transactor.exhausted(replica) !== undefined,
      );
      return lease ?? transactor.acquire(pool, mode);
    },
    noteOf: (pool) => Replicas.of(pool)?.note,
  };
}

/** A connection that was lost is found by its first statement, and nothing has been done by then. */
async function begun<P, K>(transactor: Transactor<P, K>, replica: P, mode: TransactionMode): Promise<Lease<K>> {
  const lease = await transactor.acquire(replica, mode);
  if (!mode.isTransaction) return lease;
  try {
    await transactor.begin(lease.client, mode);
  } catch (error) {
    lease.release(true);
    throw error;
  }
  return { client: lease.client, isBegun: true, release: lease.release.bind(lease) };
}

/** No replica of PostgreSQL can be serializable. */
function readsReplica(mode: TransactionMode): boolean {
  return mode.isReadOnly && mode.reads !== 'primary' && mode.isolation !== 'serializable';
}
