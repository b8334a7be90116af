import { toTlsOptions } from '../../drivers/index.js';
import type { ResourceSecrets } from '../../resources/index.js';
import type { KafkaSettings } from './kafka-settings.js';

/** What `new Kafka(…)`, `producer(…)`, `consumer(…)` and `run(…)` of the package `@confluentinc/kafka-javascript` take. Milliseconds. */
export interface KafkaOptions {
  readonly client: {
    readonly kafkaJS: {
      brokers: string[];
      clientId: string;
      ssl: boolean;
      sasl?: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string };
      connectionTimeout: number;
      requestTimeout: number;
      retry: { initialRetryTime: number; maxRetryTime: number; retries: number };
    };
    readonly 'ssl.ca.pem'?: string;
    readonly 'ssl.certificate.pem'?: string;
    readonly 'ssl.key.pem'?: string;
    readonly 'enable.ssl.certificate.verification'?: boolean;
    readonly 'ssl.endpoint.identification.algorithm'?: 'none' | 'https';
  };
  readonly producer: { readonly kafkaJS: { acks: number; idempotent: boolean; timeout: number } };
  readonly consumer: {
    readonly kafkaJS: {
      groupId: string;
      sessionTimeout: number;
      heartbeatInterval: number;
      rebalanceTimeout: number;
      maxWaitTimeInMs: number;
      maxBytes: number;
      fromBeginning: boolean;
    };
  };
  readonly run: { partitionsConsumedConcurrently: number };
}

const ACKS = { all: -1, leader: 1, none: 0 } as const;

/**
 * Options of the package `@confluentinc/kafka-javascript`, from settings. Pure. The driver takes passwords as strings and keeps
 * them: show its clients to nobody, and make a new one when the password changes, as `defineResource` does. Subpath:
 * `uno-config/brokers/kafka`.
 *
 * @example
 * ```ts
 * import { defineResource } from 'uno-config/resources';
 *
 * interface Driver {
 *   Kafka: new (options: KafkaOptions['client']) => { producer(options: KafkaOptions['producer']): { connect(): Promise<void>; disconnect(): Promise<void> } };
 * }
 *
 * const producer = (driver: Driver) =>
 *   defineResource({
 *     name: 'kafka producer',
 *     from: KafkaSettings,
 *     create: async ({ settings, secrets }) => {
 *       const options = toKafkaOptions(settings, secrets);
 *       const made = new driver.Kafka(options.client).producer(options.producer);
 *       await made.connect();
 *       return made;
 *     },
 *     close: (made) => made.disconnect(),
 *   });
 * ```
 */
export function toKafkaOptions(settings: KafkaSettings, secrets: ResourceSecrets<KafkaSettings>): KafkaOptions {
  const { brokers, clientId, mechanism, user: username, tls, acks, idempotent, group } = settings;
  const encryption = toTlsOptions(tls, () => secrets.use('tls.key', (key) => key));
  return {
    client: {
      kafkaJS: {
        brokers: [...brokers],
        clientId,
        ssl: encryption !== undefined,
        ...(username !== undefined && {
          sasl: { mechanism, username, password: secrets.use('password', (password) => password) },
        }),
        connectionTimeout: settings.connectTimeout.milliseconds,
        requestTimeout: settings.requestTimeout.milliseconds,
        retry: {
          initialRetryTime: settings.retryDelay.milliseconds,
          maxRetryTime: settings.maxRetryDelay.milliseconds,
          retries: settings.maxRetries,
        },
      },
      ...(encryption !== undefined && {
        ...(encryption.ca !== undefined && { 'ssl.ca.pem': encryption.ca }),
        ...(encryption.cert !== undefined && { 'ssl.certificate.pem': encryption.cert }),
        ...(encryption.key !== undefined && { 'ssl.key.pem': encryption.key }),
        'enable.ssl.certificate.verification': encryption.rejectUnauthorized,
        'ssl.endpoint.identification.algorithm': tls.mode === 'verify-full' ? 'https' : 'none',
      }),
    },
    producer: { kafkaJS: { acks: ACKS[acks], idempotent, timeout: settings.publishTimeout.milliseconds } },
    consumer: {
      kafkaJS: {
        groupId: group,
        sessionTimeout: settings.sessionTimeout.milliseconds,
        heartbeatInterval: settings.heartbeat.milliseconds,
        rebalanceTimeout: settings.maxHandlingTime.milliseconds,
        maxWaitTimeInMs: settings.fetchWait.milliseconds,
        maxBytes: settings.maxFetch.bytes,
        fromBeginning: settings.fromBeginning,
      },
    },
    run: { partitionsConsumedConcurrently: settings.concurrency },
  };
}
