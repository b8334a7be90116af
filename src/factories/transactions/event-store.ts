import type { ModuleResource } from '../../container/index.js';

/** How {@link Transaction.raise} raises an event. */
export interface RaiseOptions {
  /** Events of one key are delivered in their order. Default: what the outbox makes of the event; without one, in any order. */
  readonly key?: string;
  /** Identifies the event; default: a new UUID. */
  readonly id?: string;
}

/** Keeps the events that transactions raise; `outbox` of `uno-config/outbox` has one. Subpath: `uno-config/transactions`. */
export interface EventStore<K> {
  /**
   * The event as it is kept.
   *
   * @throws TypeError for what cannot be one.
   */
  accept(event: object, options: RaiseOptions): unknown;
  /** Writes events that were accepted, in the transaction of the connection, in their order. */
  write(client: K, accepted: readonly unknown[]): Promise<void>;
  /** The transaction has been committed. */
  written(): void;
}

/** An outbox, as a unit of work takes it. Its handle is an {@link EventStore}. Subpath: `uno-config/transactions`. */
export interface EventOutbox<K> extends ModuleResource {
  /** The database that it is in. */
  readonly over: ModuleResource;
  /** On whose connections it writes, for the compiler; not there at run time. */
  readonly writesOn?: (client: K) => void;
}
