// The terminal of a reader: commands run in bash one after another, and the folder they change to and the variables they
// export hold for the next ones.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const patience = 300_000;

/** What npm says before it runs a script. */
const npmBanner = /^\n?> \S+@\S+ \S+\n> .*\n\n/gm;

export class Terminal {
  folder;
  #env;
  #server;

  constructor(folder, env) {
    this.folder = folder;
    this.#env = env;
  }

  /**
   * Runs a script to its end.
   * @returns {Promise<{ status: number | null, printed: string }>}
   */
  async run(script) {
    const child = this.#spawn(`trap 'env -0 >&3' EXIT\n${script}`);
    let left = '';
    child.stdio[3].setEncoding('utf8').on('data', (text) => (left += text));
    const slow = setTimeout(() => stop(child), patience);
    const [status] = await once(child, 'close');
    clearTimeout(slow);
    const env = Object.fromEntries(
      left
        .split('\0')
        .filter(Boolean)
        .map((line) => line.split(/=(.*)/s)),
    );
    if (env.PWD !== undefined) {
      this.folder = env.PWD;
      this.#env = env;
    }
    return { status, printed: tidy(child.printed) };
  }

  /**
   * Starts a script that does not end, and waits until `isReady` likes what it has printed, or it ends after all.
   * @returns {Promise<{ status: number | null, printed: string }>}
   */
  async serve(script, isReady) {
    await this.stopServer();
    const child = this.#spawn(script);
    this.#server = child;
    const ended = once(child, 'close');
    const slow = setTimeout(() => stop(child), patience);
    while (child.exitCode === null && child.signalCode === null && !isReady(tidy(child.printed))) {
      await Promise.race([ended, ...[child.stdout, child.stderr].map((stream) => once(stream, 'data'))]);
    }
    clearTimeout(slow);
    return { status: child.exitCode, printed: tidy(child.printed) };
  }

  /** Ends what {@link serve} started. */
  async stopServer() {
    const child = this.#server;
    this.#server = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'close');
    stop(child);
    await ended;
  }

  #spawn(script) {
    const child = spawn('bash', ['-c', `exec 2>&1\n${script}`], {
      cwd: this.folder,
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      // A group of its own, so that the processes it starts can be stopped with it.
      detached: true,
    });
    child.printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (child.printed += text));
    }
    return child;
  }
}

const tidy = (printed) => printed.replace(npmBanner, '').trimEnd();

function stop({ pid }) {
  try {
    process.kill(-pid, 'SIGTERM');
  } catch (error) {
    // It has ended meanwhile.
    if (error.code !== 'ESRCH') throw error;
  }
}
