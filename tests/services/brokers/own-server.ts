import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Whether a program is there; otherwise that is printed. */
export function isInstalled(program: string, version = '-v'): boolean {
  const isThere = spawnSync(program, [version]).status === 0;
  if (!isThere) process.stderr.write(`Skipped: the program ${program} is not there to be started and killed.\n`);
  return isThere;
}

type ServerOptions = (port: number, place: string) => readonly string[] | ServerCall;

/** Words on the command line, and variables beside those of the tests. */
export interface ServerCall {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Of how many workers each has how many pairs of ports. */
const [WORKERS, PORTS] = [10, 1_000];

/** A server of a test's own, which may be killed and comes back with what it has stored. */
export class OwnServer {
  readonly #program: string;
  readonly #place: string;
  readonly #options: ServerOptions;
  readonly port: number;
  #process: ChildProcess | undefined;

  private constructor(program: string, place: string, port: number, options: ServerOptions) {
    this.#program = program;
    this.#place = place;
    this.port = port;
    this.#options = options;
  }

  /** Starts one, and waits until it listens. */
  public static async start(program: string, options: ServerOptions): Promise<OwnServer> {
    const place = await mkdtemp(join(tmpdir(), 'uno-server-'));
    const server = new OwnServer(program, place, await freePort(), options);
    await server.restart();
    return server;
  }

  /** Kills it where it is, or lets it end in order, and starts it again. */
  public async restart(by: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    await this.kill(by);
    const call = this.#options(this.port, this.#place);
    const { words, env } = 'words' in call ? call : { words: call, env: {} };
    // In a group of its own: some programs are scripts, and what they start has to go with them.
    this.#process = spawn(this.#program, [...words], {
      stdio: 'ignore',
      detached: true,
      env: { ...process.env, ...env },
    });
    while (!(await listens(this.port))) await setTimeout(20);
  }

  public async kill(by: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const ended = this.#process && once(this.#process, 'exit');
    if (this.#process?.pid !== undefined) process.kill(-this.#process.pid, by);
    await ended;
    // What a script has started may die a little later.
    while (this.#process && (await listens(this.port))) await setTimeout(20);
    this.#process = undefined;
  }

  public async close(): Promise<void> {
    await this.kill();
    await rm(this.#place, { recursive: true, force: true });
  }
}

async function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
}

/** The next of this worker of Jest. */
let next = randomInt(PORTS);

/**
 * A port that nobody takes before the server does, or while it is down: below those that a system hands out, and by none of
 * the other workers.
 */
async function freePort(): Promise<number> {
  for (;;) {
    next = (next + 1) % PORTS;
    const port = 10_000 + 2 * (PORTS * (Number(process.env['JEST_WORKER_ID'] ?? 1) % WORKERS) + next);
    // A server may take the one after it, too.
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = new Promise<boolean>((resolve) => {
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      resolve(true);
    });
  });
  if (!(await listening)) return false;
  server.close();
  await once(server, 'close');
  return true;
}
