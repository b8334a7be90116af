import type { ConfigLogger } from '../../core/index.js';
import type { ConfigStore } from '../config-store.js';
import type { Generation } from '../generation.js';
import { commitAll, type Prepared } from './dependant.js';
import { logFailure } from './reload-errors.js';

/**
 * Makes a generation current, for the store and for the dependants. Nothing waits in between: whoever looks sees all of it
 * or nothing. The commit stands whatever its listeners and the dependants throw.
 */
export function commitGeneration(
  next: Generation,
  prepared: readonly Prepared[],
  store: ConfigStore,
  logger: ConfigLogger,
): void {
  try {
    store.commit(next);
  } catch (error) {
    const failures: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
    for (const failure of failures) {
      logFailure(logger, 'config.listener.failed', 'A listener of the commit failed; the commit stands', failure);
    }
  }
  commitAll(prepared, logger);
}
