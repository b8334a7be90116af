import { randomBytes, randomUUID } from 'node:crypto';
import { ConfigError } from '../../core/index.js';
import type { PersistenceStrategy } from '../domains/index.js';

/** The work of a transaction with one kind of entity, according to its settings. Subpath: `uno-config/transactions`. */
export interface EntityWork {
  /** The settings of the entity, over those of all entities. */
  readonly strategy: PersistenceStrategy;
  /** Items in their order, in lists of at most `batchSize`. */
  batches<T>(items: Iterable<T>): Iterable<readonly T[]>;
  /** An id for a new row; `undefined` where the database or the application makes it. */
  newId(): string | undefined;
  /**
   * To be called with the number of rows that an update with the version in its condition has changed. With `locking:
   * none` every number is fine.
   *
   * @param which names the row in the message, such as its id
   * @throws ConfigError `entity-changed` for none: the row has changed, or is gone, since it was read.
   */
  updated(count: number | null, which: string): void;
}

/** @param now milliseconds since 1970 */
export function entityWork(entity: string, strategy: PersistenceStrategy, now: () => number): EntityWork {
  const { batchSize, locking, ids } = strategy;
  return Object.freeze<EntityWork>({
    strategy,
    *batches<T>(items: Iterable<T>) {
      let batch: T[] = [];
      for (const item of items) {
        if (batch.push(item) < batchSize) continue;
        yield batch;
        batch = [];
      }
      if (batch.length > 0) yield batch;
    },
    newId: () => (ids === 'uuid' ? randomUUID() : ids === 'uuid-v7' ? uuidByTime(now()) : undefined),
    updated: (count, which) => {
      if (locking === 'optimistic' && (count ?? 0) === 0) throw entityChanged(entity, which);
    },
  });
}

function entityChanged(entity: string, which: string): ConfigError {
  return new ConfigError({
    code: 'entity-changed',
    message: `The ${entity} ${which} has changed since it was read, or is gone: nothing was updated.`,
    recovery: 'Read it again, and apply the change to what it is now.',
  });
}

/** Version 7 of RFC 9562: the milliseconds first, then what is random. */
function uuidByTime(time: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(time, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
