import { readdirSync } from 'node:fs';

/** What starts a store's server on a port, with its data in a folder. */
export interface StoreProgram {
  readonly program: string;
  /** An option that it ends with at once, where it is there. */
  readonly version: string;
  readonly words: (port: number, folder: string) => readonly string[];
}

export const REDIS: StoreProgram = {
  program: 'redis-server',
  version: '-v',
  words: (port, folder) => [
    ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder],
    ...['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
  ],
};

export const NATS: StoreProgram = {
  program: 'nats-server',
  version: '-v',
  words: (port, folder) => ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder],
};

/** A server that has no peers asks none. */
const NOBODY = 'http://127.0.0.1:1';

/** @param more such as the files of its certificate, and what it listens with */
export function etcd(scheme: 'http' | 'https' = 'http', more: readonly string[] = []): StoreProgram {
  return {
    program: 'etcd',
    version: '--version',
    words: (port, folder) => {
      const client = `${scheme}://127.0.0.1:${String(port)}`;
      return [
        ...['--data-dir', `${folder}/etcd`, '--listen-client-urls', client, '--advertise-client-urls', client],
        ...['--listen-peer-urls', 'http://127.0.0.1:0', '--initial-advertise-peer-urls', NOBODY],
        ...['--initial-cluster', `default=${NOBODY}`, ...more],
      ];
    },
  };
}

/** From where Debian puts it. It refuses to be run by root, and is then run by its own user. */
export const POSTGRES: StoreProgram = {
  program: 'sh',
  version: postgresFolder() === undefined ? '--no-such-option' : '-e',
  words: (port, folder) => {
    const bin = postgresFolder() ?? '';
    const isRoot = process.getuid?.() === 0;
    // In place of the shell: a server whose parent is gone stays a zombie, and its next start takes it for alive.
    const by = isRoot ? 'setpriv --reuid postgres --regid postgres --clear-groups ' : '';
    const lines = [
      `mkdir -p ${folder}/data && chmod 755 ${folder} && chmod 700 ${folder}/data`,
      ...(isRoot ? [`chown postgres ${folder}/data`] : []),
      `cd ${folder}/data`,
      `[ -e PG_VERSION ] || ${by}${bin}/initdb -D . -A trust -U postgres --no-sync`,
      `exec ${by}${bin}/postgres -D . -p ${String(port)} -h 127.0.0.1 -k .`,
    ];
    return ['-c', lines.join('\n')];
  },
};

function postgresFolder(): string | undefined {
  try {
    const [version] = readdirSync('/usr/lib/postgresql');
    return version === undefined ? undefined : `/usr/lib/postgresql/${version}/bin`;
  } catch {
    return undefined;
  }
}
