// RabbitMQ. Subpath: `uno-config/brokers/rabbitmq`.
//
//   RabbitSettings -> toClientOptions (pure) -> AmqpClient -> rabbitLink: exchange, queues, retry queues, dead letters
export { rabbitmq, type RabbitOptions } from './rabbitmq.js';
export { RabbitSettings } from '../amqp/index.js';
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
