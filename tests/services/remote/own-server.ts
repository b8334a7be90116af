import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** A server that a test has for itself: it may kill it, and start it again on the same data. */
export interface OwnServer {
  readonly port: number;
  /** Ends it as a machine does that loses its power. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** How the program of a kind of server is started. */
export interface ServerProgram {
  readonly program: string;
  readonly arguments: (folder: string, port: number, other: number) => readonly string[];
  /** Makes the data, once. */
  readonly prepare?: (folder: string) => void;
  /** The user it runs as where the tests run as root, which it refuses. */
  readonly user?: number;
}

export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

/** A port that is free. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  // Of a TCP server, which listens.
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

export async function ownServer(kind: ServerProgram): Promise<OwnServer> {
  const base = await mkdtemp(join(tmpdir(), 'uno-server-'));
  await chmod(base, 0o755);
  const folder = join(base, 'data');
  await mkdir(folder, { mode: 0o700 });
  const owner = process.getuid?.() === 0 && kind.user !== undefined ? { uid: kind.user, gid: kind.user } : {};
  if (owner.uid !== undefined) await chown(folder, owner.uid, owner.uid);
  kind.prepare?.(folder);
  const [port, other] = [await freePort(), await freePort()];
  let child: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    if (child === undefined) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    child = undefined;
  };
  const start = async (): Promise<void> => {
    child = spawn(kind.program, kind.arguments(folder, port, other), { stdio: 'ignore', cwd: folder, ...owner });
    // A new process has no other sign of being there.
    for (let tries = 0; tries < 200 && !(await isListening(port)); tries++) await setTimeout(50);
  };
  await start();
  return {
    port,
    kill,
    start,
    close: async () => {
      await kill();
      await rm(base, { recursive: true, force: true });
    },
  };
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

export const REDIS: ServerProgram = {
  program: 'redis-server',
  arguments: (folder, port) => [
    ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder],
    ...['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
  ],
};

export const NATS: ServerProgram = {
  program: 'nats-server',
  arguments: (folder, port) => ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder],
};

export const ETCD: ServerProgram = { program: 'etcd', arguments: (...place) => etcdArguments('http', ...place) };

export function etcdArguments(
  scheme: 'http' | 'https',
  folder: string,
  port: number,
  other: number,
): readonly string[] {
  const [client, peer] = [`${scheme}://127.0.0.1:${String(port)}`, `http://127.0.0.1:${String(other)}`];
  return [
    ...['--data-dir', join(folder, 'etcd'), '--listen-client-urls', client, '--advertise-client-urls', client],
    ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`],
  ];
}

/** Where Debian puts the programs of PostgreSQL; nothing where they are not installed. */
export async function postgresProgram(): Promise<ServerProgram | undefined> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const [version] = versions;
  if (version === undefined) return undefined;
  const bin = `/usr/lib/postgresql/${version}/bin`;
  const user = Number(spawnSync('id', ['-u', 'postgres']).stdout.toString()) || undefined;
  const own = process.getuid?.() === 0 && user !== undefined ? { uid: user, gid: user } : {};
  return {
    program: `${bin}/postgres`,
    arguments: (folder, port) => ['-D', folder, '-p', String(port), '-h', '127.0.0.1', '-k', folder],
    prepare: (folder) => {
      spawnSync(`${bin}/initdb`, ['-D', folder, '-A', 'trust', '-U', 'postgres', '--no-sync'], { cwd: folder, ...own });
    },
    ...(user !== undefined && { user }),
  };
}
