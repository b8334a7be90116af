import { describe, expect, it } from '@jest/globals';
import type { KafkaJS } from '@confluentinc/kafka-javascript';
import { KafkaSettings, toKafkaOptions, type KafkaOptions } from '../../../src/factories/brokers/kafka/index.js';
import { optionsOf } from '../options-of.js';

const from = (values: object): Promise<KafkaOptions> => optionsOf(KafkaSettings, toKafkaOptions, values);

describe('options for Kafka', () => {
  it('are what the package takes, in its units', async () => {
    const options = await from({ user: 'shop', password: 'hunter2', brokers: ['a:1', 'b:2'], concurrency: 3 });
    // Those of the package itself.
    const client: KafkaJS.CommonConstructorConfig = options.client;
    const producer: KafkaJS.ProducerConstructorConfig = options.producer;
    const consumer: KafkaJS.ConsumerConstructorConfig = options.consumer;
    const run: KafkaJS.ConsumerRunConfig = options.run;
    expect({ client, producer, consumer, run }).toEqual({
      client: {
        kafkaJS: {
          brokers: ['a:1', 'b:2'],
          clientId: 'uno-config',
          ssl: false,
          sasl: { mechanism: 'scram-sha-512', username: 'shop', password: 'hunter2' },
          connectionTimeout: 10_000,
          requestTimeout: 30_000,
          retry: { initialRetryTime: 300, maxRetryTime: 30_000, retries: 5 },
        },
      },
      producer: { kafkaJS: { acks: -1, idempotent: true, timeout: 30_000 } },
      consumer: {
        kafkaJS: {
          groupId: 'uno-config',
          sessionTimeout: 45_000,
          heartbeatInterval: 3_000,
          rebalanceTimeout: 300_000,
          maxWaitTimeInMs: 500,
          maxBytes: 10_485_760,
          fromBeginning: true,
        },
      },
      run: { partitionsConsumedConcurrently: 3 },
    });
  });

  it('encrypt, and verify the server as the mode says', async () => {
    const tls = { mode: 'verify-ca', ca: 'CA', cert: 'CERT', key: 'KEY' };
    const { client } = await from({ tls });
    expect(client).toMatchObject({
      kafkaJS: { ssl: true },
      'ssl.ca.pem': 'CA',
      'ssl.certificate.pem': 'CERT',
      'ssl.key.pem': 'KEY',
      'enable.ssl.certificate.verification': true,
      'ssl.endpoint.identification.algorithm': 'none',
    });
    expect((await from({ tls: { mode: 'verify-full' } })).client).toMatchObject({
      'ssl.endpoint.identification.algorithm': 'https',
    });
  });

  it.each([
    [{ user: 'shop' }, /a user has a password/],
    [{ acks: 'leader' }, /only what all replicas confirm can be idempotent/],
    [{ brokers: ['https://kafka'] }, /each broker must be a host or host:port/],
  ])('are refused when they cannot be meant: %j', async (values, message) => {
    await expect(from(values)).rejects.toThrow(message);
  });
});
