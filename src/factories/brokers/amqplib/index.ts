// RabbitMQ by amqplib. Subpath: `uno-config/brokers/amqplib`.
//
//   RabbitSettings -> toClientOptions (pure) -> AmqplibClient: comes back by itself -> RabbitLink, as with rabbitmq-client
export { RabbitSettings } from '../amqp/index.js';
export { amqplib, toClientOptions, type AmqplibOptions } from './amqplib.js';
export * from './amqplib-types.js';
