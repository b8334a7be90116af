// transactions: units of work over a database that is a resource. Subpath: `uno-config/transactions`.
//
//   run -> use the pool in use -> lease -> begin -> work (ambient) -> hooks -> commit | rollback -> release -> hooks
export type { EntityWork } from './entity-work.js';
export type { EventOutbox, EventStore, RaiseOptions } from './event-store.js';
export { RetrySettings, TransactionSettings, type Isolation } from './transaction-settings.js';
export type { Propagation, RunOptions, Transaction, UnitOfWork } from './transaction.js';
export * from './transactor.js';
export * from './unit-of-work.js';
