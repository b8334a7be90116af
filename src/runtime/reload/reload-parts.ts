import type { Clock, ConfigLogger } from '../../core/index.js';
import type { ConfigEvents } from '../events/index.js';
import type { ConfigStore } from '../generation/index.js';
import type { SourceSlots } from '../slots/index.js';
import type { InsideCall } from './inside-call.js';
import type { OpenWork } from './open-work.js';
import type { guardedOptions, ReloadValues } from './reload-options.js';
import type { Trial } from './trial.js';
import type { VerifyHook } from './verify.js';

/** What the moves of settings and resources share. */
export interface MoveParts {
  readonly store: ConfigStore;
  readonly clock: Clock;
  readonly logger: ConfigLogger;
  /** Ends everything. */
  readonly signal: AbortSignal;
  /** Waited for when the service closes. */
  readonly work: OpenWork;
  /** Knows whose code is being called. */
  readonly inside: InsideCall;
}

/** What all parts of one reload service share. */
export interface ReloadParts extends MoveParts {
  readonly options: ReturnType<typeof guardedOptions>;
  readonly amounts: ReloadValues;
  readonly hooks: readonly VerifyHook[];
  readonly slots: SourceSlots;
  readonly events: ConfigEvents;
  readonly trial: Trial | undefined;
}
