// Kafka: options for a client of one's own, and no broker. Subpath: `uno-config/brokers/kafka`.
export { toKafkaOptions, type KafkaOptions } from './kafka-options.js';
export { KafkaSettings } from './kafka-settings.js';
