// RabbitMQ, whichever client reaches it: rabbitmq-client and amqplib each bring an AmqpClient.
//
//   RabbitSettings -> rabbitLink: exchange, queues, retry queues, dead letters -> AmqpClient
export * from './amqp-client.js';
export { rabbitLink } from './rabbit-link.js';
export { RabbitSettings } from './rabbit-settings.js';
