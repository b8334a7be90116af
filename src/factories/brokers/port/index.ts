// port: what a broker of events is to an application, and what an adapter supplies.
//
//   publish -> Publisher (again until confirmed) ---.
//                                                    > BrokerLink, a managed resource: the broker's client
//   subscribe -> LiveSubscription (moves) -> EventHandling (order, retries, dead letters)
export {
  BROKER_OPTIONS,
  BrokerDefinition,
  brokerIdentifier,
  defineBroker,
  InjectBroker,
  type BrokerIdentifier,
  type BrokerOptions,
} from './broker-definition.js';
export { eventRefused, eventUnrouted, queueUnknown, topologyDiffers } from './broker-errors.js';
export type {
  BrokerLink,
  ConsumeRequest,
  IncomingMessage,
  LinkConsumer,
  OutgoingMessage,
  Settlement,
} from './broker-link.js';
export { connectionLog } from './connection-log.js';
export { EventBrokerSettings, QueueSettings } from './broker-settings.js';
export type { CloudEvent, ReceivedEvent } from './cloud-event.js';
export type {
  BrokerHealth,
  Delivery,
  DrainReport,
  EventBroker,
  EventHandler,
  EventOutcome,
  PublishOptions,
  SubscribeOptions,
  Subscription,
  SubscriptionHealth,
  TopologyDifference,
} from './event-broker.js';
export { deadLetterOf } from './dead-letter.js';
export { pause } from './event-handling.js';
export { RemoteBrokerSettings } from './remote-broker-settings.js';
export { pullConsumer } from './pull-consumer.js';
export { takesTopic, TOPIC_PATTERN } from './topics.js';
