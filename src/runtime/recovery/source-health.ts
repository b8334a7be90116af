/**
 * How a source does. `ok`: it answered when it was asked last. `stale`: it did not, and what it said before is in use.
 * `defaults`: it did not, and is taken to say nothing. `failed`: it did not, or said something broken, and the load
 * failed with it.
 */
export type SourceStatus = 'ok' | 'stale' | 'defaults' | 'failed';

/** The state of one source, as plain data. */
export interface SourceHealth {
  /** The place of the source in the list, from 0. */
  readonly index: number;
  readonly source: string;
  readonly status: SourceStatus;
  /** When it got into this status, in milliseconds since 1970. */
  readonly since: number;
  /** Milliseconds since the source said what is in use; absent while nothing of it is. */
  readonly age?: number;
  /** The code of its last error; absent when `ok`. */
  readonly code?: string;
  /** The first line of that error. */
  readonly message?: string;
  /** How often it has failed in a row. */
  readonly attempts: number;
  /** When it is asked again, in milliseconds since 1970; absent when nothing is planned. */
  readonly nextAttempt?: number;
}
