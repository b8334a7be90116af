// RabbitMQ by amqplib. Subpath: `uno-config/brokers/amqplib`.
//
//   RabbitSettings -> toClientOptions (pure) -> amqplibClient: comes back by itself -> rabbitLink, as with rabbitmq-client
export { RabbitSettings } from '../amqp/index.js';
export { amqplib, toClientOptions, type AmqplibOptions } from './amqplib.js';
export * from './amqplib-types.js';
