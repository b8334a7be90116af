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
}

/** A connection of a pool, from when it is made. */
interface Mysql2Session {
  /** A copy of that of the pool, or that one. */
  readonly config: object;
  /** What it is at. */
  readonly _command?: object | null;
}

/** What a connection is at while it logs in, or changes its user. */
interface Login {
  authenticationFactor: number;
  password?: unknown;
  password1?: unknown;
}

/** The pool below that of promises. */
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

function loginOf({ _allConnections: all }: Mysql2Core, config: object): Login | undefined {
  for (let index = 0; index < all.length; index++) {
    const session = all.get(index);
    const command = session?.config === config ? session._command : undefined;
    if (command && 'authenticationFactor' in command) return command as Login;
  }
  return undefined;
}
