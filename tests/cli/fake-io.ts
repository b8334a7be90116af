import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CommandIo, ExitCode } from '../../src/cli/command.js';
import { runCli } from '../../src/cli/run-cli.js';
import type { ConfigDefinition } from '../../src/runtime/index.js';

/** What one run of the command line left behind. */
export interface Outcome {
  readonly code: ExitCode;
  readonly out: string;
  readonly error: string;
  readonly folders: readonly string[];
  readonly programArguments: readonly string[] | undefined;
  /** The files that were opened for the user. */
  readonly opened: readonly string[];
}

/**
 * Runs the command line in this process, in a folder, as if the configuration file exported a definition, or what a function
 * makes of its path.
 */
export async function run(
  folder: string,
  argv: readonly string[],
  exported?: unknown,
  colours = false,
  stopped: (nextWrite: () => Promise<void>) => Promise<void> = () => Promise.resolve(),
  secret = '',
  passphrases: readonly string[] = [],
): Promise<Outcome> {
  let [out, error] = ['', ''];
  const typed = [...passphrases];
  let programArguments: readonly string[] | undefined;
  const folders: string[] = [];
  const opened: string[] = [];
  const awaited: (() => void)[] = [];
  const nextWrite = (): Promise<void> => new Promise((resolve) => void awaited.push(resolve));
  const io: CommandIo = {
    folder,
    version: '1.2.3',
    out: {
      colours,
      write: (text) => {
        out += text;
        for (const resolve of awaited.splice(0)) resolve();
      },
    },
    error: { colours, write: (text) => void (error += text) },
    enterFolder: (entered) => void folders.push(entered),
    importFile: (file) => {
      if (exported instanceof Error) return Promise.reject(exported);
      return Promise.resolve(typeof exported === 'function' ? Reflect.apply(exported, undefined, [file]) : exported);
    },
    setProgramArguments: (words) => void (programArguments = words),
    readSecret: (prompt) => {
      error += prompt;
      return Promise.resolve(Buffer.from(secret));
    },
    readPassphrase: (prompt) => {
      const passphrase = typed.shift();
      if (passphrase === undefined) return Promise.resolve(undefined);
      error += prompt;
      return Promise.resolve(Buffer.from(passphrase));
    },
    openFile: (path) => {
      opened.push(path);
      return Promise.resolve(true);
    },
    stopped: async () => {
      // As on a real machine, whoever waits has gone on meanwhile.
      await nextTurn();
      return stopped(nextWrite);
    },
  };
  const code = await runCli(argv, io);
  return { code, out, error, folders, programArguments, opened };
}

/** What a file with `export default` exports. */
export function module(definition: ConfigDefinition): unknown {
  return { default: definition };
}

/** A temporary folder with files: texts by path. */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'uno-cli-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
