// RabbitMQ, whichever client reaches it: rabbitmq-client and amqplib each bring an AmqpClient.
//
//   RabbitSettings -> RabbitLink: exchange, queues, retry queues, dead letters -> AmqpClient
export {
  refusalOf,
  type AmqpBinding,
  type AmqpClient,
  type AmqpConsume,
  type AmqpPublish,
  type AmqpQueue,
  type AmqpRefusal,
} from './amqp-client.js';
export { RabbitLink } from './rabbit-link.js';
export { RabbitSettings } from './rabbit-settings.js';
