import { ArrayMinSize, IsIn, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { Describe, Duration, IsDuration, ListOf, TenantScope } from '../../../sections/index.js';
import { RemoteBrokerSettings } from '../port/index.js';

/**
 * How NATS JetStream is reached, and what it has: a stream of events and one of dead letters, and a durable consumer for each
 * queue. Subpath: `uno-config/brokers/nats`.
 *
 * @example
 * ```ts
 * @ConfigSection('events')
 * class Events extends NatsSettings {}
 *
 * const events = nats({ name: 'events', from: Events });
 * ```
 */
export class NatsSettings extends RemoteBrokerSettings {
  @TenantScope('with-secrets')
  @Describe('The servers, each as host or host:port.')
  @ListOf(() => String)
  @ArrayMinSize(1)
  public readonly servers: readonly string[] = ['localhost:4222'];

  @Describe('The user; without one, the password is a token.')
  @IsOptional()
  @IsString()
  public readonly user?: string;

  @Describe('The stream that events are stored in; its name with _DEAD is that of dead letters.')
  @Matches(/^[A-Za-z\d_-]+$/)
  public readonly stream: string = 'EVENTS';

  @Describe('What comes before the topics in subjects.')
  @Matches(/^[A-Za-z\d_-]+$/)
  public readonly subjectPrefix: string = 'events';

  @Describe('Where streams are stored.')
  @IsIn(['file', 'memory'])
  public readonly storage: 'file' | 'memory' = 'file';

  @Describe('How many servers of a cluster store each event.')
  @IsInt()
  @Min(1)
  @Max(5)
  public readonly replicas: number = 1;

  @Describe('How long the same event, published to the same topic again, is stored once.')
  @IsDuration({ min: '100ms' })
  public readonly duplicateWindow: Duration = Duration.of('2m');

  @Describe('After how long an event whose consumer is silent is given to another one.')
  @IsDuration({ min: '100ms' })
  public readonly ackWait: Duration = Duration.of('30s');

  @Describe('How long to wait before an attempt to connect again.')
  @IsDuration({ min: '1ms' })
  public readonly reconnectDelay: Duration = Duration.of('500ms');
}
