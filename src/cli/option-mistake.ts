import { ConfigError, OptionMistake } from '../core/index.js';
import { UsageError } from './usage-error.js';

/** A mistake in the definition that a file exports, told with the file; any other error is thrown as it is. */
export function optionMistake(file: string, error: unknown): UsageError {
  if (!ConfigError.is(error) && !OptionMistake.is(error)) throw error;
  return new UsageError(`${file} cannot be used. ${error.message}`);
}
