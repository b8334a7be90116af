import { ConfigError } from '../../src/core/index.js';

/** The ConfigError that something throws. */
export function errorOf(action: () => unknown): ConfigError {
  try {
    action();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
