// port: what a broker of events is to an application, and what an adapter supplies.
//
//   publish -> Publisher (again until confirmed) ---.
//                                                    > BrokerLink, a managed resource: the broker's client
//   subscribe -> LiveSubscription (moves) -> EventHandling (order, retries, dead letters)
export * from './broker-definition.js';
export { eventRefused, eventUnrouted, queueUnknown, topologyDiffers } from './broker-errors.js';
export * from './broker-link.js';
export { EventBrokerSettings, QueueSettings } from './broker-settings.js';
export type { CloudEvent, ReceivedEvent } from './cloud-event.js';
export * from './event-broker.js';
export { deadLetterOf } from './cloud-event.js';
export * from './remote-broker.js';
export { RemoteBrokerSettings } from './remote-broker-settings.js';
export { pullConsumer } from './pull-consumer.js';
export { takesTopic, TOPIC_PATTERN } from './topics.js';
