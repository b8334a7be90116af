import { ConfigError } from '../core/index.js';
import { UsageError } from './usage-error.js';

/** What keeps a command from its work: exit code 2, although it is no mistake in the words. */
export function unusable(error: unknown): unknown {
  return ConfigError.is(error) ? new UsageError(error.message) : error;
}
