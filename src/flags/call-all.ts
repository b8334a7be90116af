import { kindOfThrown, type ConfigLogger } from '../core/index.js';

/** Calls all listeners, one that throws or not. */
export function callAll<T>(listeners: Iterable<(given: T) => void>, given: T, logger: ConfigLogger): void {
  for (const listener of listeners) {
    try {
      listener(given);
    } catch (error) {
      const kind = kindOfThrown(error);
      const message = `A listener to flags failed: it threw ${kind}.`;
      logger.log({ level: 'error', event: 'config.flags.listener-failed', message, fields: { kind } });
    }
  }
}
