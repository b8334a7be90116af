import { ConfigSection, TenantScope } from 'uno-config';
import { LocalBrokerSettings } from 'uno-config/brokers/local';
import { NatsSettings } from 'uno-config/brokers/nats';
import { RabbitSettings } from 'uno-config/brokers/rabbitmq';
import { RedisBrokerSettings } from 'uno-config/brokers/redis';

// One section for whichever broker is chosen: its queues are the same in all four.

@TenantScope('system')
@ConfigSection('broker')
export class LocalEvents extends LocalBrokerSettings {}

@TenantScope('system')
@ConfigSection('broker')
export class RabbitEvents extends RabbitSettings {}

@TenantScope('system')
@ConfigSection('broker')
export class NatsEvents extends NatsSettings {}

@TenantScope('system')
@ConfigSection('broker')
export class RedisEvents extends RedisBrokerSettings {}
