import { ConfigError } from '../../core/index.js';
import { Duration } from '../../sections/index.js';

export function noTransaction(unit: string): ConfigError {
  return new ConfigError({
    code: 'no-transaction',
    message: `No transaction of "${unit}" is open here.`,
    recovery: 'Do it inside of run(…), and await what you start there.',
  });
}

export function transactionEnded(unit: string): ConfigError {
  return new ConfigError({
    code: 'transaction-ended',
    message: `The transaction of "${unit}" has ended before this.`,
    recovery: 'Await everything that you start inside of run(…), and keep neither the transaction nor its client.',
  });
}

export function transactionPresent(unit: string): ConfigError {
  return new ConfigError({
    code: 'transaction-present',
    message: `A transaction of "${unit}" is open, and propagation is "never".`,
    recovery: 'Call it outside of run(…).',
  });
}

export function transactionMismatch(unit: string, wanted: string, given: string): ConfigError {
  return new ConfigError({
    code: 'transaction-mismatch',
    message: `A transaction of "${unit}" that is ${given} was joined by a run that asks for ${wanted}.`,
    recovery: 'Ask for it where the transaction begins, or use propagation "requires-new".',
  });
}

export function transactionOfAnother(unit: string, owner: string, now: string): ConfigError {
  return new ConfigError({
    code: 'tenant-mismatch',
    message: `A transaction of "${unit}" that began for tenant "${owner}" is used for tenant "${now}".`,
    recovery: 'End it before you work for another tenant, or begin another one with propagation "requires-new".',
  });
}

export function transactionRolledBack(unit: string, cause?: unknown): ConfigError {
  return new ConfigError({
    code: 'transaction-rolled-back',
    message: `The transaction of "${unit}" was rolled back, because a part of it had failed.`,
    recovery: 'Let the error through, or put the part that may fail into savepoint(…).',
    cause,
  });
}

export function transactionTimeout(unit: string, timeout: number): ConfigError {
  return new ConfigError({
    code: 'transaction-timeout',
    message: `The transaction of "${unit}" was not done within ${Duration.ofMilliseconds(timeout).toString()}; its connection was closed.`,
    recovery: 'Do less in it, or raise its timeout.',
  });
}

export function poolExhausted(unit: string, max: number): ConfigError {
  return new ConfigError({
    code: 'pool-exhausted',
    message: `A transaction of "${unit}" needs a second connection, and all ${String(max)} of the pool are in use: it would wait for itself.`,
    recovery: 'Raise pool.max, or use propagation "nested".',
  });
}
