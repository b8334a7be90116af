import { IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { Describe, Duration, IsDuration, ListOf, Rule, TenantScope } from '../../../sections/index.js';
import { RemoteBrokerSettings } from '../port/index.js';

/**
 * How Redis is reached, and what it has: for each queue a stream of events, one of dead letters, and a set of what waits for
 * its time. Subpath: `uno-config/brokers/redis`.
 *
 * @example
 * ```ts
 * @ConfigSection('events')
 * class Events extends RedisBrokerSettings {}
 *
 * const events = redisStreams({ name: 'events', from: Events });
 * ```
 */
export class RedisBrokerSettings extends RemoteBrokerSettings {
  @TenantScope('with-secrets')
  @Describe('The host; not used with sentinels.')
  @IsString()
  public readonly host: string = 'localhost';

  @TenantScope('with-secrets')
  @Describe('The port.')
  @IsInt()
  @Min(1)
  @Max(65_535)
  public readonly port: number = 6_379;

  @TenantScope('with-secrets')
  @Describe('Sentinels that know the primary, each as host or host:port.')
  @ListOf(() => String)
  @Matches(/^(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/, {
    each: true,
    message: 'each sentinel must be a host or host:port',
  })
  public readonly sentinels: readonly string[] = [];

  @Describe('The name that the sentinels have for the primary.')
  @IsOptional()
  @IsString()
  public readonly sentinelName?: string;

  @Describe('The number of the database.')
  @IsInt()
  @Min(0)
  public readonly database: number = 0;

  @Describe('The user; the default one when absent.')
  @IsOptional()
  @IsString()
  public readonly user?: string;

  @Describe('What comes before all keys, in braces, so that several programs can share a database.')
  @Matches(/^[\w.-]+$/)
  public readonly prefix: string = 'events';

  @Describe('How many events a queue holds; then more are refused, because none is ever dropped.')
  @IsInt()
  @Min(1)
  public readonly maxLength: number = 1_000_000;

  @Describe('How long the same event, published to the same topic again, is stored once; 0s to store it again.')
  @IsDuration({ min: '0s' })
  public readonly duplicateWindow: Duration = Duration.of('2m');

  @Describe('After how long an event, or an ordered queue, whose process is silent is given to another one.')
  @IsDuration({ min: '100ms' })
  public readonly ackWait: Duration = Duration.of('30s');

  @Describe('How long to wait before the first attempt to connect again; it doubles with each.')
  @IsDuration({ min: '1ms' })
  public readonly reconnectDelay: Duration = Duration.of('200ms');

  @Describe('The longest wait before an attempt to connect again.')
  @IsDuration({ min: '1ms' })
  public readonly maxReconnectDelay: Duration = Duration.of('5s');

  @Rule('sentinels and sentinelName belong together', {
    fields: ['sentinels', 'sentinelName'],
    hint: 'Set both or neither.',
  })
  public isPaired(): boolean {
    return (this.sentinels.length === 0) === (this.sentinelName === undefined);
  }
}
