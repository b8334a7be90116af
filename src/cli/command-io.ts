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
