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

/** The words of a command line, checked against the options of its command. */
export interface CommandArguments {
  /** As many as the command asks for, or more where it takes any number. */
  readonly words: readonly string[];
  /** What follows a lone `--`. */
  readonly programArguments: readonly string[];
  /** The value of an option; `undefined` when it is not given. */
  text(option: string): string | undefined;
  /** The values of an option that may be written several times. */
  list(option: string): readonly string[];
  /** True when an option without value is given. */
  flag(option: string): boolean;
}

/** Where a command writes text to. */
export interface TextOutput {
  write(text: string): void;
  /** True when escape sequences for colours are welcome. */
  readonly colours: boolean;
  /** True when a line that has been written can be written over. */
  readonly terminal?: boolean;
}

/** Everything a command touches outside itself, so that tests can stand in for the machine. */
export interface CommandIo {
  /** The working directory, absolute. */
  readonly folder: string;
  /** For what was asked for. */
  readonly out: TextOutput;
  /** For what went wrong. */
  readonly error: TextOutput;
  /** The version of this package. */
  readonly version: string;
  /** Makes a folder the working directory, which relative paths of sources start from. */
  enterFolder(folder: string): void;
  /** What a file of the user's program exports; TypeScript is compiled on the way. */
  importFile(file: string): Promise<unknown>;
  /** The words that the user's `cliArgs()` source reads. */
  setProgramArguments(words: readonly string[]): void;
  /** Asks for a value that must not be seen, or reads it from the input. Whoever asked for it zeroes it. */
  readSecret(prompt: string): Promise<Buffer>;
  /** Asks for a passphrase on a terminal, which does not show it; nothing without one. Whoever asked zeroes it. */
  readPassphrase(prompt: string): Promise<Buffer | undefined>;
  /** Opens a file for the user to look at; the answer is false where nobody would see it. */
  openFile(path: string): Promise<boolean>;
  /** Resolves when the user has had enough: Ctrl-C, SIGTERM, or nobody reads the output any more. Until then the process lives. */
  stopped(): Promise<void>;
}

/** What the command line tells its caller. */
export const EXIT = {
  /** The settings are valid, or what was asked for has been done. */
  ok: 0,
  /** The settings are not valid. */
  invalid: 1,
  /** What was compared is not the same. */
  different: 1,
  /** What was looked for is there, and should not be. */
  found: 1,
  /** What must stay as it was written has been changed. */
  changed: 1,
  /** Something could not be done and stays as it was. */
  left: 1,
  /** The command line cannot be understood, or the configuration file cannot be used. */
  unusable: 2,
} as const;

export type ExitCode = 0 | 1 | 2;
