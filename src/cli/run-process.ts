import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { welcomesColours } from './colours.js';
import { EXIT, type CommandIo, type TextOutput } from './command.js';
import { openFile } from './open-file.js';
import { readSecret } from './read-secret.js';
import { runCli } from './run-cli.js';
import { compileTypeScript } from './typescript/index.js';

export async function runProcess(argv: readonly string[]): Promise<never> {
  // So that errors name the lines of the user's TypeScript.
  process.setSourceMapsEnabled(true);
  const code = await runCli(argv, machine());
  // Whatever the user's files hold open must not keep a finished command alive.
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(code);
}

function ask(text: string): void {
  process.stderr.write(text);
}

function machine(): CommandIo {
  return {
    folder: process.cwd(),
    out: textOutput(process.stdout),
    error: textOutput(process.stderr),
    version: ownVersion(),
    enterFolder: (folder) => {
      process.chdir(folder);
    },
    importFile: async (file) => {
      compileTypeScript(file);
      // What a module exports is not known before it is looked at.
      return (await import(pathToFileURL(file).href)) as unknown;
    },
    setProgramArguments: (words) => {
      process.argv.splice(2, Infinity, ...words);
    },
    readSecret: (prompt) => readSecret(process.stdin, ask, prompt),
    // What another program writes is the value, not the passphrase.
    readPassphrase: async (prompt) => (process.stdin.isTTY ? readSecret(process.stdin, ask, prompt) : undefined),
    openFile,
    stopped,
  };
}

function textOutput(stream: NodeJS.WriteStream): TextOutput {
  // Whoever closes a pipe early (head, less) has seen enough; that is no failure of ours.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    if (stream !== process.stderr) {
      process.stderr.write(`uno-config: The output cannot be written: ${error.code ?? 'an unknown error'}.\n`);
    }
    process.exit(EXIT.unusable);
  });
  return {
    write: (text) => {
      stream.write(text);
    },
    colours: welcomesColours(stream, process.env),
    terminal: stream.isTTY && process.env['TERM'] !== 'dumb',
  };
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });
}

function stopped(): Promise<void> {
  return new Promise((resolve) => {
    // Watchers do not keep a process alive; a timer does, whose delay is the longest there is.
    const alive = setInterval(() => undefined, 2 ** 31 - 1);
    const stop = (): void => {
      clearInterval(alive);
      process.off('SIGINT', stop).off('SIGTERM', stop);
      process.stdout.off('close', stop);
      resolve();
    };
    process.once('SIGINT', stop).once('SIGTERM', stop);
    process.stdout.once('close', stop);
  });
}

function ownVersion(): string {
  // Our own manifest, two folders above this file.
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
