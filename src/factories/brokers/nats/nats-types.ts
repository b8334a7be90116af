// What we ask of the packages `@nats-io/transport-node` and `@nats-io/jetstream`.
import type { TlsOptions } from '../../drivers/index.js';

/** The options of a connection: milliseconds. */
export interface NatsConnectOptions {
  servers: string[];
  name?: string;
  timeout: number;
  reconnectTimeWait: number;
  maxReconnectAttempts: number;
  ignoreAuthErrorAbort: boolean;
  authenticator?: () => NatsAuth;
  tls?: TlsOptions;
}

/** What shows a server who connects. */
export type NatsAuth = { user: string; pass?: string } | { auth_token: string };

/** What we ask of a connection. */
export interface NatsConnection {
  readonly info?: { readonly max_payload: number } | undefined;
  status(): AsyncIterable<{ readonly type: string }>;
  request(subject: string, body: string, options: { timeout: number }): Promise<unknown>;
  subscribe(
    subject: string,
    options: { callback: (error: Error | null, message: NatsMessage) => void },
  ): { unsubscribe(): void };
  flush(): Promise<void>;
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** A message of a subscription. */
export interface NatsMessage {
  readonly subject: string;
  string(): string;
  respond(body?: string): boolean;
}

/** A message of a stream. */
export interface NatsStored {
  readonly subject: string;
  /** Its number in the stream. */
  readonly seq: number;
  readonly info: { readonly deliveryCount: number; readonly timestampNanos: bigint };
  string(): string;
  ack(): void;
  nak(delay?: number): void;
  term(reason?: string): void;
  working(): void;
}

/** What publishes to streams and reads them. */
export interface NatsJetStream {
  publish(subject: string, body: string, options: { msgID: string; timeout: number }): Promise<unknown>;
  readonly consumers: {
    get(
      stream: string,
      name: string,
    ): Promise<{ fetch(options: { max_messages: number; expires: number }): Promise<AsyncIterable<NatsStored>> }>;
  };
}

/** A stream as it is declared; times are in nanoseconds. */
export interface NatsStreamConfig {
  name: string;
  subjects: string[];
  retention: 'interest' | 'workqueue';
  storage: 'file' | 'memory';
  num_replicas: number;
  duplicate_window: number;
}

/** A consumer as it is declared; times are in nanoseconds. */
export interface NatsConsumerConfig {
  durable_name: string;
  description: string;
  ack_policy: 'explicit';
  ack_wait: number;
  max_ack_pending: number;
  filter_subject?: string;
}

/** What makes streams and consumers. */
export interface NatsManager {
  getAccountInfo(): Promise<unknown>;
  readonly streams: {
    info(name: string): Promise<{ readonly config: object }>;
    add(config: NatsStreamConfig): Promise<unknown>;
  };
  readonly consumers: {
    list(stream: string): AsyncIterable<{ readonly config: object }>;
    info(stream: string, name: string): Promise<{ readonly config: object }>;
    add(stream: string, config: NatsConsumerConfig): Promise<unknown>;
  };
}

/** What we ask of the two packages, in one. Subpath: `uno-config/brokers/nats`. */
export interface NatsDriver {
  readonly connect: (options: NatsConnectOptions) => Promise<NatsConnection>;
  readonly jetstream: (connection: NatsConnection) => NatsJetStream;
  readonly jetstreamManager: (connection: NatsConnection) => Promise<NatsManager>;
}
