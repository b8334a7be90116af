import { resolve } from 'node:path';
import { ConfigError, maskCredentials, nearestName } from '../core/index.js';
import { EXIT, type Command, type CommandArguments, type CommandIo, type ExitCode } from './command.js';
import { printableLines, paint } from './output-text.js';
import { COMMANDS } from './commands.js';
import { EVERYWHERE } from './common-options.js';
import { commandHelp, groupHelp, programHelp } from './help-text.js';
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
    return EXIT.unusable;
  }
  if (isHelp(name) || name === 'help') {
    io.out.write(words.length === 0 ? programHelp(COMMANDS) : helpOf(findCommand(COMMANDS, words)));
    return EXIT.ok;
  }
  if (name === '--version' || name === '-v') {
    io.out.write(`${io.version}\n`);
    return EXIT.ok;
  }
  const named = findCommand(COMMANDS, argv);
  if ('command' in named) return runCommand(named.command, named.words, io);
  const [option] = named.words;
  if (option !== undefined && !isHelp(option)) {
    throw new UsageError(`${name} has no option ${option}.`, `Write uno-config ${name} <command>.`);
  }
  (option === undefined ? io.error : io.out).write(helpOf(named));
  return option === undefined ? EXIT.unusable : EXIT.ok;
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h';
}

async function runCommand(command: Command, words: readonly string[], io: CommandIo): Promise<ExitCode> {
  const args = parseArguments(command, { ...command.options, ...EVERYWHERE }, words);
  if (args.flag('help')) {
    io.out.write(helpOf({ command, words }));
    return EXIT.ok;
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
    return EXIT.invalid;
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
  return EXIT.unusable;
}

export type NamedCommand =
  /** A command, and the words after its name. */
  | { readonly command: Command; readonly words: readonly string[] }
  /** The commands whose names begin with one word. */
  | { readonly group: string; readonly commands: readonly Command[]; readonly words: readonly string[] };

function findCommand(all: readonly Command[], [first = '', ...words]: readonly string[]): NamedCommand {
  const [next] = words;
  // A command may be the first word of others: schema, and schema diff.
  const longer = next === undefined ? undefined : all.find(({ name }) => name === `${first} ${next}`);
  if (longer !== undefined) return { command: longer, words: words.slice(1) };
  const command = all.find(({ name }) => name === first);
  if (command !== undefined) return { command, words };
  const commands = all.filter(({ name }) => name.startsWith(`${first} `));
  if (commands.length === 0) throw unknown(first, all);
  if (next === undefined || next.startsWith('-')) return { group: first, commands, words };
  const names = commands.map(({ name }) => name.slice(first.length + 1));
  throw new UsageError(
    `${first} has no command ${JSON.stringify(next)}.`,
    meant(next, names, `Its commands are ${names.join(', ')}; see uno-config ${first} --help.`),
  );
}

function unknown(name: string, all: readonly Command[]): UsageError {
  const names = [...new Set(all.map((command) => command.name.replace(/ .*/, '')))];
  const what = name.startsWith('-') ? 'option' : 'command';
  return new UsageError(
    `There is no ${what} ${JSON.stringify(name)}.`,
    meant(name, names, `The commands are ${names.join(', ')}; see uno-config --help.`),
  );
}

function meant(name: string, names: readonly string[], otherwise: string): string {
  const nearest = nearestName(name, names);
  return nearest === undefined ? otherwise : `Did you mean ${nearest}?`;
}
