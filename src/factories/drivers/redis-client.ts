import { createHash } from 'node:crypto';
import { systemCode } from '../../core/index.js';
import type { RedisPlace } from './redis-settings.js';
import { toTlsOptions, type TlsOptions } from './tls-settings.js';

export interface RedisScript {
  readonly text: string;
  readonly sha: string;
}

export function redisScript(text: string): RedisScript {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/** The options of a client of the package `ioredis`: milliseconds. */
export interface RedisClientOptions {
  host: string;
  port: number;
  sentinels?: { host: string; port: number }[];
  name?: string;
  db: number;
  username?: string;
  tls?: TlsOptions;
  connectionName?: string;
  connectTimeout: number;
  retryStrategy: (times: number) => number;
  reconnectOnError: (error: Error) => boolean | 2;
  maxRetriesPerRequest: number | null;
  lazyConnect: true;
}

/** What we ask of a client of the package `ioredis`. Subpaths: `uno-config/brokers/redis`, `uno-config/sagas/bullmq`. */
export interface RedisConnection {
  readonly status: string;
  connect(): Promise<void>;
  call(command: string, ...given: (string | number)[]): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  on(event: 'ready' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'message', listener: (channel: string, message: string) => void): unknown;
  quit(): Promise<unknown>;
  disconnect(): void;
}

/** What we ask of the package `ioredis`. Subpaths: `uno-config/brokers/redis`, `uno-config/sagas/bullmq`. */
export interface RedisDriver {
  readonly Redis: new (options: RedisClientOptions) => RedisConnection;
}

/**
 * The options of a client of the package `ioredis`, from settings. Pure. The password is not among them: it is asked for
 * whenever a connection is made.
 *
 * @param key the private key of the certificate
 */
export function toIoredisOptions(settings: RedisPlace, key: () => string): RedisClientOptions {
  const { host, port, sentinels, sentinelName, user, tls, connectionName } = settings;
  const options = toTlsOptions(tls, key);
  const [first, longest] = [settings.reconnectDelay.milliseconds, settings.maxReconnectDelay.milliseconds];
  return {
    host,
    port,
    ...(sentinelName !== undefined && { sentinels: sentinels.map(placeOf), name: sentinelName }),
    db: settings.database,
    ...(user !== undefined && { username: user }),
    ...(options !== undefined && { tls: options }),
    ...(connectionName !== undefined && { connectionName }),
    connectTimeout: settings.connectTimeout.milliseconds,
    retryStrategy: (times) => Math.min(longest, first * 2 ** Math.min(times - 1, 20)),
    // A primary that has become a replica: the connection is made anew, and the command sent again.
    reconnectOnError: (error) => (error.message.includes('READONLY') ? 2 : false),
    // What was asked is asked again when the connection is back; each script may be run twice.
    maxRetriesPerRequest: null,
    lazyConnect: true,
  };
}

function placeOf(text: string): { host: string; port: number } {
  const [, host = text, port] = /^(.*?)(?::(\d+))?$/.exec(text.replace(/^\[(.*)\]/, '$1')) ?? [];
  return { host, port: Number(port ?? 26_379) };
}

/** The time limit for ending a connection, in milliseconds: what waits may never be answered. */
const CLOSING = 5_000;

/** What Redis answered that is no answer, without the command, which the driver's error holds with all that was given. */
export class RedisError extends Error {
  public override readonly name = 'RedisError';
  /** As Redis begins its errors: `NOGROUP`, `WRONGPASS`; or that of the system. */
  public readonly code: string;

  public constructor(error: unknown) {
    const [, said] = /^([A-Z]{2,30})\b/.exec(error instanceof Error ? error.message : '') ?? [];
    const code = said ?? systemCode(error);
    super(`Redis failed${code === '' ? '' : `: ${code}`}.`);
    this.code = code;
  }
}

export class RedisClient {
  readonly #connection: RedisConnection;
  #last: unknown;

  /** @param password asked for with each connection */
  public constructor(
    { Redis }: RedisDriver,
    options: RedisClientOptions,
    password: (() => string) | undefined,
    lost: (error: unknown) => void,
  ) {
    const connect = (more: object = {}): RedisConnection => {
      const made = new Redis({ ...options, ...more });
      if (password !== undefined) askForPassword(made, options.username, password);
      // Of its own options, one that is made of it would lack the password.
      return Object.assign(made, { duplicate: connect });
    };
    const connection = connect();
    this.#connection = connection;
    let isLost = true;
    connection.on('ready', () => {
      isLost = false;
      this.#last = undefined;
    });
    connection.on('error', (error) => {
      this.#last = error;
    });
    connection.on('close', () => {
      if (!isLost && !this.#isClosed) lost(new RedisError(this.#last));
      isLost = true;
    });
  }

  #isClosed = false;

  /** For packages that take one of ours, and make more of it. */
  public get raw(): RedisConnection {
    return this.#connection;
  }

  /** Resolves when it is connected for the first time; rejects with what kept it from that. */
  public async connect(): Promise<void> {
    try {
      await this.#connection.connect();
    } catch (error) {
      this.#isClosed = true;
      this.#connection.disconnect();
      throw new RedisError(this.#last ?? error);
    }
  }

  public async call(command: string, ...given: (string | number)[]): Promise<unknown> {
    try {
      return await this.#connection.call(command, ...given);
    } catch (error) {
      throw new RedisError(error);
    }
  }

  public async run({ sha, text }: RedisScript, keys: string[], given: (string | number)[]): Promise<unknown> {
    try {
      return await this.call('EVALSHA', sha, keys.length, ...keys, ...given);
    } catch (error) {
      // A server that was started since does not know it.
      if (!(error instanceof RedisError) || error.code !== 'NOSCRIPT') throw error;
      return this.call('EVAL', text, keys.length, ...keys, ...given);
    }
  }

  /** Hears a channel; `heard` is called whenever the server knows. */
  public async listen(channel: string, receive: (message: string) => void, heard: () => Promise<void>): Promise<void> {
    this.#connection.on('message', (_, message) => {
      receive(message);
    });
    const subscribe = async (): Promise<void> => {
      await this.#connection.subscribe(channel);
      await heard();
    };
    await subscribe();
    this.#connection.on('ready', () => {
      // A connection that is lost in the meantime is ready again later.
      subscribe().catch(() => undefined);
    });
  }

  /** Hears a channel no more, and ends. */
  public async leave(channel: string): Promise<void> {
    // Where nobody is heard, there is nothing to leave.
    if (this.#connection.status === 'ready') await this.#connection.unsubscribe(channel).catch(() => undefined);
    this.disconnect();
  }

  public onClose(listener: () => void): void {
    this.#connection.on('close', listener);
  }

  public disconnect(): void {
    this.#isClosed = true;
    this.#connection.disconnect();
  }

  /** Ends it when what was asked is answered. */
  public async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#connection.status !== 'ready') {
      this.#connection.disconnect();
      return;
    }
    const timer = setTimeout(() => {
      this.#connection.disconnect();
    }, CLOSING);
    await this.#connection.quit().catch(() => undefined);
    clearTimeout(timer);
  }
}

/** Has the driver ask for the password with each connection, and keep none that could be printed. */
function askForPassword(connection: RedisConnection, user: string | undefined, password: () => string): void {
  // Internal to ioredis: what a connection logs in with, which stays there. The service tests fail when it is missing.
  let condition: unknown;
  Object.defineProperty(connection, 'condition', {
    enumerable: false,
    get: () => condition,
    set: (next: unknown) => {
      condition = next;
      if (typeof next !== 'object' || next === null) return;
      // Not when somebody looks at a connection that is there.
      const get = (): unknown => {
        if (connection.status !== 'connecting' && connection.status !== 'connect') return undefined;
        return user === undefined ? password() : [user, password()];
      };
      Object.defineProperty(next, 'auth', { get, enumerable: false });
    },
  });
}
