import {
  ArrayMinSize,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { Type } from 'class-transformer';
import {
  ByteSize,
  Describe,
  Duration,
  IsByteSize,
  IsDuration,
  ListOf,
  Rule,
  Secure,
  type SecureValue,
  TenantScope,
} from '../../../sections/index.js';
import { TlsSettings } from '../../drivers/index.js';

/**
 * How Kafka is reached, and how it is published to and consumed. For clients of your own: there is no broker of events over
 * Kafka here. Subpath: `uno-config/brokers/kafka`.
 *
 * @example
 * ```ts
 * @ConfigSection('kafka')
 * class Kafka extends KafkaSettings {}
 * ```
 */
export class KafkaSettings {
  @TenantScope('with-secrets')
  @Describe('Brokers to begin with, each as host or host:port.')
  @ListOf(() => String)
  @ArrayMinSize(1)
  @Matches(/^(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/, {
    each: true,
    message: 'each broker must be a host or host:port',
  })
  public readonly brokers: readonly string[] = ['localhost:9092'];

  @Describe('The name that brokers log.')
  @IsString()
  public readonly clientId: string = 'uno-config';

  @Describe('How the user shows who it is.')
  @IsIn(['plain', 'scram-sha-256', 'scram-sha-512'])
  public readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512' = 'scram-sha-512';

  @Describe('The user; without one, nobody logs in.')
  @IsOptional()
  @IsString()
  public readonly user?: string;

  @Describe('The password of the user.')
  @IsOptional()
  @Secure()
  public readonly password?: SecureValue<string>;

  @TenantScope('with-secrets')
  @Describe('Encryption.')
  @ValidateNested()
  @Type(() => TlsSettings)
  public readonly tls: TlsSettings = new TlsSettings();

  @Describe('How long a connection may take to be made.')
  @IsDuration({ min: '1ms' })
  public readonly connectTimeout: Duration = Duration.of('10s');

  @Describe('How long a broker may take to answer.')
  @IsDuration({ min: '1ms' })
  public readonly requestTimeout: Duration = Duration.of('30s');

  @Describe('The first delay before a request is made again.')
  @IsDuration({ min: '1ms' })
  public readonly retryDelay: Duration = Duration.of('300ms');

  @Describe('The longest delay.')
  @IsDuration({ min: '1ms' })
  public readonly maxRetryDelay: Duration = Duration.of('30s');

  @Describe('How often a request is made again.')
  @IsInt()
  @Min(0)
  public readonly maxRetries: number = 5;

  @Describe('all: an event is confirmed when all replicas in sync have it; leader: when one has; none: never.')
  @IsIn(['all', 'leader', 'none'])
  public readonly acks: 'all' | 'leader' | 'none' = 'all';

  @Describe('Whether an event that is sent again is stored once.')
  @IsBoolean()
  public readonly idempotent: boolean = true;

  @Describe('How long an event is published, over again where it has to be.')
  @IsDuration({ min: '1ms' })
  public readonly publishTimeout: Duration = Duration.of('30s');

  @Describe('The group of consumers that share the events of a topic.')
  @IsString()
  public readonly group: string = 'uno-config';

  @Describe('After how long a consumer that is silent loses its partitions.')
  @IsDuration({ min: '1ms' })
  public readonly sessionTimeout: Duration = Duration.of('45s');

  @Describe('How often a consumer shows that it is there.')
  @IsDuration({ min: '1ms' })
  public readonly heartbeat: Duration = Duration.of('3s');

  @Describe('How long handling may take between two requests for events before the partitions go to another consumer.')
  @IsDuration({ min: '1ms' })
  public readonly maxHandlingTime: Duration = Duration.of('5m');

  @Describe('How long a request for events waits.')
  @IsDuration({ min: '1ms' })
  public readonly fetchWait: Duration = Duration.of('500ms');

  @Describe('How much one request for events brings.')
  @IsByteSize({ min: '1KB' })
  public readonly maxFetch: ByteSize = ByteSize.of('10MiB');

  @Describe('How many partitions are handled at a time.')
  @IsInt()
  @Min(1)
  @Max(1_000)
  public readonly concurrency: number = 1;

  @Describe('Whether a new group begins with what is there already.')
  @IsBoolean()
  public readonly fromBeginning: boolean = true;

  @Rule('a user has a password', { fields: ['user', 'password'], hint: 'Set both or neither.' })
  public isPaired(): boolean {
    return (this.user === undefined) === (this.password === undefined);
  }

  @Rule('only what all replicas confirm can be idempotent', {
    fields: ['idempotent', 'acks'],
    hint: 'Set acks to all.',
  })
  public isSafe(): boolean {
    return !this.idempotent || this.acks === 'all';
  }
}
