import { Type } from 'class-transformer';
import { IsIn, IsInt, IsNumber, IsOptional, Max, Min, ValidateNested } from 'class-validator';
import { Describe, Duration, IsDuration } from '../../sections/index.js';

export const ISOLATIONS = ['read-uncommitted', 'read-committed', 'repeatable-read', 'serializable'] as const;

/** How much a transaction may see of others that run beside it. Subpath: `uno-config/transactions`. */
export type Isolation = (typeof ISOLATIONS)[number];

/**
 * How often work is done again that another transaction got in the way of: a failed serialization, or a deadlock. Delays
 * are drawn between nothing and a limit that doubles. Subpath: `uno-config/transactions`.
 */
export class RetrySettings {
  @Describe('How often the work is tried; 1 for never again.')
  @IsInt()
  @Min(1)
  @Max(100)
  public readonly maxAttempts: number = 3;

  @Describe('The limit of the first delay; it doubles with each attempt.')
  @IsDuration({ min: '1ms' })
  public readonly minDelay: Duration = Duration.of('20ms');

  @Describe('The limit of all delays.')
  @IsDuration({ min: '1ms' })
  public readonly maxDelay: Duration = Duration.of('1s');

  @Describe('How many retries there may be for each run, over many runs: a storm of conflicts must not be multiplied.')
  @IsNumber()
  @Min(0)
  @Max(10)
  public readonly budget: number = 0.2;
}

/**
 * Defaults for transactions. Take it as it is, or extend it with a path of its own. Subpath: `uno-config/transactions`.
 *
 * @example
 * ```ts
 * @ConfigSection('orders.transactions')
 * class OrdersTransactions extends TransactionSettings {}
 * ```
 */
export class TransactionSettings {
  @Describe('How much a transaction sees of others; what the database does by default when absent.')
  @IsOptional()
  @IsIn(ISOLATIONS)
  public readonly isolation?: Isolation;

  @Describe('Whether it may write.')
  @IsIn(['read-write', 'read-only'])
  public readonly accessMode: 'read-write' | 'read-only' = 'read-write';

  @Describe(
    'Where transactions that only read run: on a replica where there is one, which may be behind; or on the primary.',
  )
  @IsIn(['primary', 'replica'])
  public readonly reads: 'primary' | 'replica' = 'replica';

  @Describe('How long the whole may take, retries included; then its connection is closed.')
  @IsDuration({ min: '1ms' })
  public readonly timeout: Duration = Duration.of('30s');

  @Describe('How long one statement may take; when absent, as set for the connection.')
  @IsOptional()
  @IsDuration({ min: '1ms' })
  public readonly statementTimeout?: Duration;

  @Describe('How long a statement may wait for a lock; when absent, as set for the connection.')
  @IsOptional()
  @IsDuration({ min: '1ms' })
  public readonly lockTimeout?: Duration;

  @Describe('How conflicts with other transactions are retried.')
  @ValidateNested()
  @Type(() => RetrySettings)
  public readonly retry: RetrySettings = new RetrySettings();
}
