import { ConfigError } from '../../core/index.js';
import { Duration } from '../../sections/index.js';

/** Nothing runs that could be asked. */
export function noTransaction(unit: string): ConfigError {
  return new ConfigError({
    code: 'no-transaction',
    category: 'lifecycle',
    message: `No transaction of "${unit}" is open here.`,
    recovery: 'Do it inside of run(…), and await what you start there.',
  });
}

/** Something was started in a transaction and comes after its end. */
export function transactionEnded(unit: string): ConfigError {
  return new ConfigError({
    code: 'transaction-ended',
    category: 'lifecycle',
    message: `The transaction of "${unit}" has ended before this.`,
    recovery: 'Await everything that you start inside of run(…), and keep neither the transaction nor its client.',
  });
}

/** Code requires to run outside of any transaction. */
export function transactionPresent(unit: string): ConfigError {
  return new ConfigError({
    code: 'transaction-present',
    category: 'lifecycle',
    message: `A transaction of "${unit}" is open, and propagation is "never".`,
    recovery: 'Call it outside of run(…).',
  });
}

/** Code joins a transaction with other options than it requires. */
export function transactionMismatch(unit: string, wanted: string, given: string): ConfigError {
  return new ConfigError({
    code: 'transaction-mismatch',
    category: 'lifecycle',
    message: `A transaction of "${unit}" that is ${given} was joined by a run that asks for ${wanted}.`,
    recovery: 'Ask for it where the transaction begins, or use propagation "requires-new".',
  });
}

/** Code works in a transaction that began for another tenant. */
export function transactionOfAnother(unit: string, owner: string, now: string): ConfigError {
  return new ConfigError({
    code: 'tenant-mismatch',
    category: 'tenant',
    message: `A transaction of "${unit}" that began for tenant "${owner}" is used for tenant "${now}".`,
    recovery: 'End it before you work for another tenant, or begin another one with propagation "requires-new".',
  });
}

/** The end was a rollback, though nothing was thrown at the end. */
export function transactionRolledBack(unit: string, cause?: unknown): ConfigError {
  return new ConfigError({
    code: 'transaction-rolled-back',
    category: 'lifecycle',
    message: `The transaction of "${unit}" was rolled back, because a part of it had failed.`,
    recovery: 'Let the error through, or put the part that may fail into savepoint(…).',
    cause,
  });
}

/** The time was over. */
export function transactionTimeout(unit: string, timeout: number): ConfigError {
  return new ConfigError({
    code: 'transaction-timeout',
    category: 'lifecycle',
    message: `The transaction of "${unit}" was not done within ${Duration.ofMilliseconds(timeout).toString()}; its connection was closed.`,
    recovery: 'Do less in it, or raise its timeout.',
  });
}

/** A second connection would be waited for by who holds the first. */
export function poolExhausted(unit: string, max: number): ConfigError {
  return new ConfigError({
    code: 'pool-exhausted',
    category: 'lifecycle',
    message: `A transaction of "${unit}" needs a second connection, and all ${String(max)} of the pool are in use: it would wait for itself.`,
    recovery: 'Raise pool.max, or use propagation "nested".',
  });
}
