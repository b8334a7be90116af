/** What we ask of a client of the package `ioredis`. Subpath: `uno-config/sources/redis`. */
export interface IoredisClient {
  call(command: string, ...values: (string | number)[]): Promise<unknown>;
  duplicate(options: object): IoredisConnection;
}

/** A connection of its own. */
export interface IoredisConnection extends IoredisClient {
  on(event: 'error', listener: () => void): unknown;
  disconnect(): void;
}

/** What we ask of a client of the package `redis`. Subpath: `uno-config/sources/redis`. */
export interface NodeRedisClient {
  sendCommand(words: string[]): Promise<unknown>;
  duplicate(): NodeRedisConnection;
}

/** A connection of its own. */
export interface NodeRedisConnection extends NodeRedisClient {
  on(event: 'error', listener: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): unknown;
}

/** What we ask of the package `ioredis`. */
export interface IoredisDriver {
  readonly Redis: new (options: Readonly<Record<string, unknown>>) => IoredisConnection;
}
