import { ConfigError } from '../core/index.js';
import { UsageError } from './usage-error.js';

/** Our own TypeErrors name the option they are about: `sections: …`, `sources[1]: …`, `cliArgs: …`. */
const NAMES_OPTION = /^[A-Za-z]+(?:\[\d+\])?: /;

/** A mistake in the definition that a file exports, told with the file; any other error is thrown as it is. */
export function optionMistake(file: string, error: unknown): UsageError {
  const isOurs = ConfigError.is(error) || (error instanceof TypeError && NAMES_OPTION.test(error.message));
  if (!isOurs) throw error;
  return new UsageError(`${file} cannot be used. ${error.message}`);
}
