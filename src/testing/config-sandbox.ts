import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { resolveWithin } from '../sources/index.js';

/** Environment variables by name; `undefined` for one that is not to be there. */
type Variables = Readonly<Record<string, string | undefined>>;

/** What {@link ConfigSandbox.create} takes. */
export interface SandboxOptions {
  /** Make the sandbox's folder the working directory until it is closed; default false. */
  readonly chdir?: boolean;
  /** Variables to set at once, as {@link ConfigSandbox.setEnv} takes them. */
  readonly env?: Variables;
}

/**
 * A temporary folder for a test of real files, which also restores what such a test changes in the process: its environment
 * variables and its working directory. Closing it removes the folder and puts both back exactly as they were: variables that
 * were added meanwhile are removed. Sandboxes may be nested; closing one first closes those made after it that are still
 * open. As a process has one environment, tests that run at the same time in one process cannot each have a sandbox.
 * Subpath: `uno-config/testing`.
 *
 * @example
 * ```ts
 * await using sandbox = await ConfigSandbox.create({ env: { APP_DATABASE__PORT: '6543' } });
 * await sandbox.write('config/app.yaml', 'database:\n  host: db.test\n');
 * const sources = [yamlFile(sandbox.path('config/app.yaml')), processEnv({ prefix: 'APP_' })];
 * const settings = await loadSettings(DatabaseSettings, { sources });
 * ```
 */
export class ConfigSandbox implements AsyncDisposable {
  /** Those that are open in this process, the outermost first. */
  static readonly #open: ConfigSandbox[] = [];

  /** The temporary folder: absolute, without symbolic links. */
  public readonly folder: string;
  #writes = 0;
  readonly #before: ProcessState;
  #closing: Promise<void> | undefined;

  private constructor(folder: string, before: ProcessState) {
    this.folder = folder;
    this.#before = before;
    ConfigSandbox.#open.push(this);
  }

  /** Makes the folder, and takes note of the environment and the working directory. */
  public static async create(options: SandboxOptions = {}): Promise<ConfigSandbox> {
    const { chdir = false, env = {} } = options;
    const folder = await mkdtemp(join(await realpath(tmpdir()), 'uno-config-'));
    const sandbox = new ConfigSandbox(folder, ProcessState.now());
    try {
      sandbox.setEnv(env);
      if (chdir) sandbox.chdir();
    } catch (error) {
      await sandbox.close();
      throw error;
    }
    return sandbox;
  }

  /**
   * The absolute path of something in the folder, which need not exist; of the folder itself without a name.
   *
   * @throws TypeError for a path that leaves the folder.
   */
  public path(...names: readonly string[]): string {
    const path = resolve(this.folder, ...names);
    const way = relative(this.folder, path);
    if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) throw leaves(join(...names));
    return path;
  }

  /**
   * Writes a file, with the folders on its way, and answers its absolute path. What was there is replaced at once, so that
   * a reload need not wait until the file has settled.
   *
   * @throws TypeError for a path that leaves the folder, by symbolic links too, and when the sandbox is closed.
   */
  public async write(name: string, content: string | Uint8Array): Promise<string> {
    const path = await this.#reach(name);
    await mkdir(dirname(path), { recursive: true });
    // Beside the folder, where no source takes it for a file of its own.
    const beside = `${this.folder}.new-${String(this.#writes++)}`;
    await writeFile(beside, content);
    try {
      await rename(beside, path);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
    return path;
  }

  /**
   * Removes a file, or a folder with all that is in it; what does not exist need not be removed.
   *
   * @throws TypeError for a path that leaves the folder, for the folder itself, and when the sandbox is closed.
   */
  public async remove(name: string): Promise<void> {
    const path = this.path(name);
    if (path === this.folder) throw new TypeError('remove(name): the folder itself goes when the sandbox is closed.');
    // The link itself is removed, so only the way to it counts.
    await this.#reach(dirname(path));
    await rm(path, { recursive: true, force: true });
  }

  /**
   * Sets environment variables until the sandbox is closed; `undefined` takes one away.
   *
   * @throws TypeError when the sandbox is closed.
   */
  public setEnv(variables: Variables): void {
    this.#refuseWhenClosed();
    for (const [name, text] of Object.entries(variables)) {
      if (text === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = text;
    }
  }

  /**
   * Makes a folder of the sandbox, by default the sandbox's own, the working directory until the sandbox is closed.
   *
   * @throws TypeError for a path that leaves the folder, and when the sandbox is closed.
   */
  public chdir(name = '.'): void {
    this.#refuseWhenClosed();
    process.chdir(this.path(name));
  }

  /** Restores the process and removes the folder. A second call waits for the first. */
  public async close(): Promise<void> {
    await (this.#closing ??= this.#close());
  }

  public async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    const open = ConfigSandbox.#open;
    const inner = open.slice(open.indexOf(this) + 1);
    // From the inside out, so that each finds what it took note of; the working directory leaves a folder before it goes.
    for (const sandbox of inner.toReversed()) await sandbox.close();
    open.splice(open.indexOf(this), 1);
    this.#before.restore();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** The path of something in the folder, once it is known that no symbolic link leads out of it. */
  async #reach(name: string): Promise<string> {
    this.#refuseWhenClosed();
    const path = this.path(name);
    if ((await resolveWithin([this.folder], path)).kind === 'outside') throw leaves(name);
    return path;
  }

  #refuseWhenClosed(): void {
    if (this.#closing !== undefined) throw new TypeError('The ConfigSandbox is closed; create another one.');
  }
}

function leaves(name: string): TypeError {
  return new TypeError(`"${name}" leaves the folder of the ConfigSandbox; name a path inside it.`);
}

/** What a test may change in its process: environment variables and the working directory. */
class ProcessState {
  readonly #env: Variables;
  readonly #workingDirectory: string;

  private constructor(env: Variables, workingDirectory: string) {
    this.#env = env;
    this.#workingDirectory = workingDirectory;
  }

  public static now(): ProcessState {
    return new ProcessState({ ...process.env }, process.cwd());
  }

  /** Puts everything back. The object `process.env` stays the same one: others hold on to it. */
  public restore(): void {
    process.chdir(this.#workingDirectory);
    for (const name of Object.keys(process.env)) {
      if (!Object.hasOwn(this.#env, name)) Reflect.deleteProperty(process.env, name);
    }
    for (const [name, text] of Object.entries(this.#env)) {
      if (process.env[name] !== text) process.env[name] = text;
    }
  }
}
