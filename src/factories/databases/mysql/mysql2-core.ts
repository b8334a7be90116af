import type { Socket } from 'node:net';

/** What of a pool of mysql2 is looked at, and not part of its types. Internal to mysql2 3; the service tests fail when it is missing. */
export interface Mysql2Core {
  readonly config: {
    connectionLimit: number;
    idleTimeout: number;
    readonly connectionConfig: object;
  };
  readonly _allConnections: { readonly length: number; get(index: number): Mysql2Session | undefined };
  readonly _freeConnections: { readonly length: number };
  readonly _connectionQueue: { readonly length: number };
  on(event: 'connection', listener: (session: Mysql2Session) => void): unknown;
}

/** A connection of a pool, from when it is made. */
interface Mysql2Session {
  /** A copy of that of the pool, or that one. */
  readonly config: object;
  /** What it is at. */
  readonly _command?: object | null;
  readonly stream: Socket;
}

/** What a connection is at while it logs in, or changes its user. */
interface Login {
  authenticationFactor: number;
  password?: unknown;
  password1?: unknown;
}

export function coreOf(pool: object): Mysql2Core {
  return Reflect.get(pool, 'pool') as Mysql2Core;
}

/** Has the driver ask for the password whenever a connection logs in. At all other times there is none to be shown. */
export function askForPassword(core: Mysql2Core, password: () => string): void {
  const own = new WeakMap<object, unknown>();
  Object.defineProperty(core.config.connectionConfig, 'password', {
    configurable: true,
    enumerable: false,
    get(this: object): unknown {
      const login = loginOf(core, this);
      if (login === undefined) return undefined;
      // The driver uses its copy at once, and asks again afterwards.
      queueMicrotask(() => Object.assign(login, { password: undefined, password1: undefined }));
      return own.get(this) ?? password();
    },
    // A connection whose user was changed has a password of its own.
    set(this: object, value: unknown): void {
      if (value !== undefined) own.set(this, value);
    },
  });
}

/**
 * Has the driver close connections that were idle for the whole `idleTimeout`, and as many as `min` never: of itself it
 * closes those above `maxIdle` within a second, and the others in time.
 */
export function keepIdle(core: Mysql2Core, min: number): void {
  let { idleTimeout } = core.config;
  Object.defineProperties(core.config, {
    maxIdle: { value: Infinity },
    idleTimeout: {
      get: () => (core._allConnections.length > min ? idleTimeout : Infinity),
      set: (given: number) => {
        idleTimeout = given;
      },
    },
  });
}

/** Gives a connection up whose server has been silent for so many milliseconds while an answer is waited for. */
export function giveUpSilent(core: Mysql2Core, timeout: number): void {
  core.on('connection', (session) => {
    session.stream.setTimeout(timeout, () => {
      if (session._command) giveUp(session);
    });
  });
}

export function breakOff(core: Mysql2Core): void {
  sessionsOf(core).forEach(giveUp);
}

/** Whoever waits for an answer gets an error: the driver's own `destroy` says goodbye, and waits as well. */
function giveUp({ stream }: Mysql2Session): void {
  stream.destroy(Object.assign(new Error('The server is silent.'), { code: 'ETIMEDOUT' }));
}

function sessionsOf({ _allConnections: all }: Mysql2Core): readonly Mysql2Session[] {
  return Array.from({ length: all.length }, (_, index) => all.get(index)).filter((session) => session !== undefined);
}

function loginOf(core: Mysql2Core, config: object): Login | undefined {
  const command = sessionsOf(core).find((session) => session.config === config)?._command;
  return command && 'authenticationFactor' in command ? (command as Login) : undefined;
}
