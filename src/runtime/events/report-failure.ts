import { kindOfThrown, type ConfigLogger } from '../../core/index.js';
import type { ConfigEvent } from './config-event.js';

/** Called with what a listener threw or rejected with, and the event that it was called for. */
export type ListenerErrorCallback = (error: unknown, event: ConfigEvent) => void;

/** Tells the log that a listener failed, and the application with what. Throws nothing. */
export function reportFailure(
  error: unknown,
  event: ConfigEvent,
  logger: Required<ConfigLogger>,
  callback: ListenerErrorCallback | undefined,
): void {
  const { type, generation, sequence } = event;
  // What was thrown may quote settings, so only its kind is logged.
  const kind = kindOfThrown(error);
  const log = (message: string): void => {
    const fields = { type, generation, sequence, error: kind };
    logger.log({ level: 'error', event: 'config.listener.failed', message, fields });
  };
  log(`A listener to ${type} failed with ${kind}; the other listeners are told all the same.`);
  try {
    callback?.(error, event);
  } catch {
    log(`onListenerError failed itself when it was told of a listener to ${type}.`);
  }
}
