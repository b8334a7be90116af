import { ArrayMinSize, IsBoolean, IsIn, IsInt, Matches, Max, Min } from 'class-validator';
import { Describe, Duration, IsDuration, ListOf, MapOf, Rule, type RuleViolation } from '../../../sections/index.js';
import { TOPIC_PATTERN } from './topics.js';

/**
 * One queue: which events it takes, and how they are handled here. Queues are the broker's: several processes that
 * subscribe to one share its events. `maxInFlight`, `maxDeliveries`, `retryDelay` and `maxRetryDelay` take effect at once;
 * a change of the rest makes a new client. Subpath: `uno-config/brokers`.
 */
export class QueueSettings {
  @Describe('Topics that it takes: dotted words; * is one word, ** at the end one or more.')
  @ListOf(() => String)
  @ArrayMinSize(1)
  @Matches(TOPIC_PATTERN, { each: true, message: 'each topic must be dotted words, * for one, ** at the end for more' })
  public readonly topics: readonly string[] = ['**'];

  @Describe('Whether events of one key are handled one after the other, in the order in which they were published.')
  @IsBoolean()
  public readonly ordered: boolean = false;

  @Describe('How many events are handled at a time by one subscription.')
  @IsInt()
  @Min(1)
  @Max(10_000)
  public readonly maxInFlight: number = 10;

  @Describe('How often an event is handled before it is put among the dead letters.')
  @IsInt()
  @Min(1)
  public readonly maxDeliveries: number = 5;

  @Describe('The delay before an event is handled for the second time; it doubles with each time.')
  @IsDuration({ min: '1ms' })
  public readonly retryDelay: Duration = Duration.of('1s');

  @Describe('The longest delay.')
  @IsDuration({ min: '1ms', max: '24h' })
  public readonly maxRetryDelay: Duration = Duration.of('1m');
}

/**
 * What all brokers have in common. Take the settings of one, such as `LocalBrokerSettings` or `RabbitSettings`, and extend
 * them with a path of your own. Subpath: `uno-config/brokers`.
 */
export class EventBrokerSettings {
  @Describe('The queues by their names: letters, digits, - and _.')
  @MapOf(() => QueueSettings)
  public readonly queues: Readonly<Record<string, QueueSettings>> = {};

  @Describe(
    'create: what is missing at the broker is made; check: it is refused. What is there and differs is refused by both.',
  )
  @IsIn(['create', 'check'])
  public readonly topology: 'create' | 'check' = 'create';

  @Describe('How long an event is published, over again where it has to be, before it is given up.')
  @IsDuration({ min: '1ms' })
  public readonly publishTimeout: Duration = Duration.of('30s');

  @Rule('queues have names of letters, digits, - and _', { fields: ['queues'] })
  public hasNames(): readonly RuleViolation[] {
    const wrong = Object.keys(this.queues).filter((name) => !/^[A-Za-z\d][\w-]*$/.test(name));
    return wrong.map((name) => ({ message: `"${name}" is no name of a queue`, path: 'queues' }));
  }
}
