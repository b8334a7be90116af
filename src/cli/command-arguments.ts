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
