import { ArrayMinSize, IsIn, IsString, Matches } from 'class-validator';
import { Describe, Duration, IsDuration, ListOf, TenantScope } from '../../../sections/index.js';
import { RemoteBrokerSettings } from '../port/index.js';

/**
 * How RabbitMQ is reached, and what it has. A queue of the settings is three there: `billing`, `billing.retry`, which gives
 * back what waits for its time, and `billing.dead`. Subpaths: `uno-config/brokers/rabbitmq`, `uno-config/brokers/amqplib`.
 *
 * @example
 * ```ts
 * import { rabbitmq } from 'uno-config/brokers/rabbitmq';
 *
 * @ConfigSection('events')
 * class Events extends RabbitSettings {}
 *
 * const events = rabbitmq({ name: 'events', from: Events });
 * ```
 */
export class RabbitSettings extends RemoteBrokerSettings {
  @TenantScope('with-secrets')
  @Describe('The nodes, each as host or host:port; they are tried in turn.')
  @ListOf(() => String)
  @ArrayMinSize(1)
  @Matches(/^(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/, {
    each: true,
    message: 'each host must be a host or host:port',
  })
  public readonly hosts: readonly string[] = ['localhost'];

  @Describe('The virtual host.')
  @IsString()
  public readonly vhost: string = '/';

  @Describe('The user. The password of a user is "guest" when it is absent.')
  @IsString()
  public readonly user: string = 'guest';

  @Describe('The topic exchange that events are published to.')
  @IsString()
  @Matches(/^[\w.-]+$/)
  public readonly exchange: string = 'events';

  @Describe('What comes before the names of queues at the broker, so that several programs can share a virtual host.')
  @Matches(/^[\w.-]*$/)
  public readonly queuePrefix: string = '';

  @Describe('quorum: queues that are kept by most nodes of a cluster; classic: by one.')
  @IsIn(['quorum', 'classic'])
  public readonly queueType: 'quorum' | 'classic' = 'quorum';

  @Describe('How often client and broker show each other that they are there.')
  @IsDuration({ min: '1s' })
  public readonly heartbeat: Duration = Duration.of('30s');

  @Describe('How long to wait before the first attempt to connect again; it doubles with each.')
  @IsDuration({ min: '1ms' })
  public readonly reconnectDelay: Duration = Duration.of('200ms');

  @Describe('The longest wait before an attempt to connect again.')
  @IsDuration({ min: '1ms' })
  public readonly maxReconnectDelay: Duration = Duration.of('15s');
}
