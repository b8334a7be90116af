// RabbitMQ. Subpath: `uno-config/brokers/rabbitmq`.
//
//   RabbitSettings -> toClientOptions (pure) -> AmqpClient -> RabbitLink: exchange, queues, retry queues, dead letters
export {
  refusalOf,
  type AmqpBinding,
  type AmqpClient,
  type AmqpConsume,
  type AmqpDelivery,
  type AmqpPublish,
  type AmqpQueue,
  type AmqpRefusal,
} from './amqp-client.js';
export { RabbitLink } from './rabbit-link.js';
export { rabbitmq, type RabbitOptions } from './rabbitmq.js';
export { RabbitSettings } from './rabbit-settings.js';
export {
  toClientOptions,
  type RabbitClientOptions,
  type RabbitConnection,
  type RabbitConsumer,
  type RabbitConsumerProps,
  type RabbitDriver,
  type RabbitEnvelope,
  type RabbitMessage,
  type RabbitPublisher,
} from './rabbitmq-client.js';
