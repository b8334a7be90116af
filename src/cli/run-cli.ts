import { resolve } from 'node:path';
import { ConfigError, maskCredentials } from '../core/index.js';
import { printableLines } from './change-text.js';
import type { Command } from './command.js';
import type { CommandArguments } from './command-arguments.js';
import type { CommandIo } from './command-io.js';
import { COMMANDS } from './commands.js';
import { EVERYWHERE } from './common-options.js';
import { EXIT_INVALID, EXIT_OK, EXIT_UNUSABLE, type ExitCode } from './exit-code.js';
import { findCommand, type NamedCommand } from './find-command.js';
import { commandHelp, groupHelp, programHelp } from './help-text.js';
import { paint } from './paint.js';
import { parseArguments } from './parse-arguments.js';
import { UsageError } from './usage-error.js';
import { isFolder, runInWorkspaces, Workspaces } from './workspaces.js';

/** Runs the command that the words name. Says what went wrong instead of throwing it. */
export async function runCli(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    return report(error, io);
  }
}

async function dispatch(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  const [name, ...words] = argv;
  if (name === undefined) {
    io.error.write(programHelp(COMMANDS));
    return EXIT_UNUSABLE;
  }
  if (isHelp(name) || name === 'help') {
    io.out.write(words.length === 0 ? programHelp(COMMANDS) : helpOf(findCommand(COMMANDS, words)));
    return EXIT_OK;
  }
  if (name === '--version' || name === '-v') {
    io.out.write(`${io.version}\n`);
    return EXIT_OK;
  }
  const named = findCommand(COMMANDS, argv);
  if ('command' in named) return runCommand(named.command, named.words, io);
  const [option] = named.words;
  if (option !== undefined && !isHelp(option)) {
    throw new UsageError(`${name} has no option ${option}.`, `Write uno-config ${name} <command>.`);
  }
  (option === undefined ? io.error : io.out).write(helpOf(named));
  return option === undefined ? EXIT_UNUSABLE : EXIT_OK;
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h';
}

async function runCommand(command: Command, words: readonly string[], io: CommandIo): Promise<ExitCode> {
  const args = parseArguments(command, { ...command.options, ...EVERYWHERE }, words);
  if (args.flag('help')) {
    io.out.write(helpOf({ command, words }));
    return EXIT_OK;
  }
  const named = args.text('cwd');
  if (named === undefined) return runOrFanOut(command, args, io);
  const folder = resolve(io.folder, named);
  if (!(await isFolder(folder)))
    throw new UsageError(`There is no folder ${named}.`, `It was looked for at ${folder}.`);
  io.enterFolder(folder);
  return runOrFanOut(command, args, { ...io, folder });
}

/** A command finds out whether its configuration file lists workspaces before it has done anything. */
async function runOrFanOut(command: Command, args: CommandArguments, io: CommandIo): Promise<ExitCode> {
  try {
    return await command.run(args, io);
  } catch (error) {
    if (!(error instanceof Workspaces)) throw error;
    return await runInWorkspaces(error, command, args, io, async (inside, there) => {
      try {
        return await command.run(inside, there);
      } catch (failure) {
        return report(failure, there);
      }
    });
  }
}

function helpOf(named: NamedCommand): string {
  if ('group' in named) return groupHelp(named.group, named.commands);
  return commandHelp(named.command, { ...named.command.options, ...EVERYWHERE });
}

function report(error: unknown, io: CommandIo): ExitCode {
  const name = paint(io.error, 'red', 'uno-config');
  if (ConfigError.is(error)) {
    io.error.write(`${name}: ${printableLines(error.message)}\n`);
    return EXIT_INVALID;
  }
  if (error instanceof UsageError) {
    io.error.write(
      `${name}: ${printableLines(error.message)}\n${error.hint === '' ? '' : `${printableLines(error.hint)}\n`}`,
    );
  } else {
    // Not foreseen, so its place is told as well.
    const what = error instanceof Error ? (error.stack ?? error.message) : 'something was thrown that is not an error';
    io.error.write(`${name}: ${printableLines(maskCredentials(what))}\n`);
  }
  return EXIT_UNUSABLE;
}
