/** What we ask of a connection of the package `@nats-io/transport-node`. Subpath: `uno-config/sources/nats`. */
export interface NatsStoreConnection {
  close(): Promise<void>;
}

/** What we ask of a message of a stream. */
export interface NatsStoreMessage {
  readonly seq: number;
  readonly subject: string;
  readonly header?: { get(name: string): string } | undefined;
  string(): string;
}

/** The same, asked for by its number or its subject. */
export interface NatsKeptMessage extends NatsStoreMessage {
  readonly time: Date;
}

/** What we ask of the headers of a message. */
export interface NatsStoreHeaders {
  set(name: string, value: string): void;
}

/** What publishes to streams and reads them. */
export interface NatsStoreStream {
  publish(
    subject: string,
    body: string,
    options: { headers: never; expect?: { lastSubjectSequence: number } },
  ): Promise<{ readonly seq: number }>;
  readonly consumers: {
    get(
      stream: string,
      options: never,
    ): Promise<{ consume(): Promise<AsyncIterable<NatsStoreMessage> & { stop(): void }> }>;
  };
}

/** What makes streams, and reads single messages from the server that leads them. */
export interface NatsStoreManager {
  readonly streams: {
    add(config: never): Promise<unknown>;
    getMessage(stream: string, query: never): Promise<NatsKeptMessage | null>;
    info(
      stream: string,
      options: never,
    ): Promise<{ readonly state: { readonly subjects?: Readonly<Record<string, number>> } }>;
  };
}

/** What we ask of the packages `@nats-io/transport-node` and `@nats-io/jetstream`. */
export interface NatsStoreDriver {
  connect(options: never): Promise<NatsStoreConnection>;
  headers(): NatsStoreHeaders;
  jetstream(connection: never): NatsStoreStream;
  jetstreamManager(connection: never): Promise<NatsStoreManager>;
}
