import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, Matches, Max, Min, ValidateNested } from 'class-validator';
import { Describe, Duration, IsDuration } from '../../sections/index.js';

/** A name of SQL that needs no quotes, in a schema or without one. */
const TABLES = /^(?:[a-z_][a-z0-9_]{0,40}\.)?[a-z_][a-z0-9_]{0,40}$/;

/** How often an event is offered to the broker. Subpath: `uno-config/outbox`. */
export class OutboxRetrySettings {
  @Describe('How often an event is tried before it is parked, and the next one of its key goes on.')
  @IsInt()
  @Min(1)
  @Max(1_000)
  public readonly maxAttempts: number = 10;

  @Describe('The delay after the first failure; it doubles with each.')
  @IsDuration({ min: '1ms' })
  public readonly minDelay: Duration = Duration.of('200ms');

  @Describe('The limit of all delays.')
  @IsDuration({ min: '1ms' })
  public readonly maxDelay: Duration = Duration.of('1m');
}

/**
 * How an outbox keeps and relays events. Take it as it is, or extend it with a path of its own. Subpath:
 * `uno-config/outbox`.
 *
 * @example
 * ```ts
 * @ConfigSection('orders.outbox')
 * class OrdersOutbox extends OutboxSettings {}
 * ```
 */
export class OutboxSettings {
  @Describe(
    'The table of the events; two more have its name and _key and _part. With a schema before a dot, or without.',
  )
  @Matches(TABLES)
  public readonly table: string = 'uno_outbox';

  @Describe('Whether tables that are missing are made at the start; a migration makes them otherwise.')
  @IsBoolean()
  public readonly createTables: boolean = true;

  @Describe('Whether events wait, instead of being relayed.')
  @IsBoolean()
  public readonly paused: boolean = false;

  @Describe(
    'How many partitions this process relays at a time; each takes a connection while it has events. There are 16.',
  )
  @IsInt()
  @Min(1)
  @Max(16)
  public readonly concurrency: number = 2;

  @Describe('How many events are relayed in one transaction.')
  @IsInt()
  @Min(1)
  @Max(10_000)
  public readonly batch: number = 100;

  @Describe(
    'How often events of other processes, and those to be tried again, are looked for. Own ones are relayed at once.',
  )
  @IsDuration({ min: '10ms' })
  public readonly poll: Duration = Duration.of('200ms');

  @Describe('How long the broker may take for an event. A transaction is open that long, twice as long at most.')
  @IsDuration({ min: '10ms', max: '25s' })
  public readonly publishTimeout: Duration = Duration.of('10s');

  @Describe('How events that the broker refuses are tried again.')
  @ValidateNested()
  @Type(() => OutboxRetrySettings)
  public readonly retry: OutboxRetrySettings = new OutboxRetrySettings();

  @Describe('How long the number of a key is kept after its last event. Numbers go on higher in any case.')
  @IsDuration({ min: '1h' })
  public readonly keyRetention: Duration = Duration.of('7d');

  @Describe('How long parked events are kept; always when absent.')
  @IsOptional()
  @IsDuration({ min: '1h' })
  public readonly parkedRetention?: Duration;

  @Describe('How often what is older is removed.')
  @IsDuration({ min: '1s' })
  public readonly cleanUp: Duration = Duration.of('10m');
}

/**
 * How an inbox remembers what it has taken. Subpath: `uno-config/outbox`.
 *
 * @example
 * ```ts
 * @ConfigSection('billing.inbox')
 * class BillingInbox extends InboxSettings {}
 * ```
 */
export class InboxSettings {
  @Describe('The table of the numbers by key; one more has its name and _id. With a schema before a dot, or without.')
  @Matches(TABLES)
  public readonly table: string = 'uno_inbox';

  @Describe('Whether tables that are missing are made at the start; a migration makes them otherwise.')
  @IsBoolean()
  public readonly createTables: boolean = true;

  @Describe('How long keys and ids are remembered: longer than the broker may deliver an event again.')
  @IsDuration({ min: '1h' })
  public readonly retention: Duration = Duration.of('7d');

  @Describe('How often what is older is removed.')
  @IsDuration({ min: '1s' })
  public readonly cleanUp: Duration = Duration.of('10m');
}
