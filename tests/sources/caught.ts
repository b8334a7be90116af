import { ConfigError } from '../../src/core/index.js';

/** The ConfigError that something throws; fails when it throws nothing or something else. */
export async function caught(action: () => unknown): Promise<ConfigError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}
