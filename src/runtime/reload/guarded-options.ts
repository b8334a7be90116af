import { guardClock, guardLogger, systemClock, type Clock } from '../../core/index.js';
import type { LoadOptions } from '../plan/index.js';
import { logFailure } from './reload-errors.js';

/** Options whose clock and logger stop nobody when they throw. */
export function guardedOptions(options: LoadOptions): LoadOptions & { readonly clock: Clock } {
  const logger = guardLogger(options.logger);
  const clock = guardClock(options.clock ?? systemClock, (error) => {
    logFailure(logger, 'config.clock.failed', 'The clock failed; time does not advance until it works again', error);
  });
  return { ...options, clock };
}
