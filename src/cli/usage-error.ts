import { ConfigError, OptionMistake } from '../core/index.js';

/** A mistake in the words of the command line or in the configuration file: told without a stack, exit code 2. */
export class UsageError extends Error {
  public override readonly name = 'UsageError';
  /** What to write instead; may be empty. */
  public readonly hint: string;

  public constructor(message: string, hint = '') {
    super(message);
    this.hint = hint;
  }
}

/** What keeps a command from its work: exit code 2, although it is no mistake in the words. */
export function unusable(error: unknown): unknown {
  return ConfigError.is(error) ? new UsageError(error.message) : error;
}

/** A mistake in the definition that a file exports, told with the file; any other error is thrown as it is. */
export function optionMistake(file: string, error: unknown): UsageError {
  if (!ConfigError.is(error) && !OptionMistake.is(error)) throw error;
  return new UsageError(`${file} cannot be used. ${error.message}`);
}
