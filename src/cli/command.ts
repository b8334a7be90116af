import type { CommandArguments } from './command-arguments.js';
import type { CommandIo } from './command-io.js';
import type { ExitCode } from './exit-code.js';

/** One option of a command. */
export interface CommandOption {
  readonly type: 'string' | 'boolean';
  /** What stands for the value in the help: `file`. */
  readonly value?: string;
  readonly description: string;
  /** One letter, without its dash. */
  readonly short?: string;
  /** The legal values. */
  readonly choices?: readonly string[];
}

/** Options by their name, without dashes. */
export type CommandOptions = Readonly<Record<string, CommandOption>>;

/** One command, in a file of its own, listed in commands.ts. */
export interface Command {
  /** A word, or two when it is one of a group: `audit verify`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The names of the words that must follow the command. */
  readonly words: readonly string[];
  /** What any number of further words name, for the help; absent when there may be none. */
  readonly moreWords?: string;
  /** What is said of a word too many, in place of the word itself: it may be a secret. */
  readonly surplus?: string;
  readonly options: CommandOptions;
  /** True for one that works in a single workspace of several: it waits, asks, or writes what it is given. */
  readonly single?: true;
  /** Lines of the help page, where the codes mean something else than for the other commands. */
  readonly exitCodes?: readonly string[];
  /**
   * @throws UsageError for a mistake in the words or in the configuration file: exit code 2.
   * @throws ConfigError when the settings are not valid: exit code 1.
   */
  run(args: CommandArguments, io: CommandIo): Promise<ExitCode>;
}
